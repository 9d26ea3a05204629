#!/usr/bin/env bash
# Prints the commit that an image was built of, which is its tag. Usage: commit.sh REPOSITORY DIGEST
set -euo pipefail
repository="$1" digest="$2"
tags="$(aws ecr describe-images --repository-name "${repository}" --image-ids "imageDigest=${digest}" \
  --query 'imageDetails[0].imageTags' --output text)"
for tag in ${tags}; do
  if [[ "${tag}" =~ ^[0-9a-f]{40}$ ]]; then
    echo "${tag}"
    exit 0
  fi
done
echo "\`${digest}\` has no commit for a tag, only \`${tags}\`" >&2
exit 1
