#!/usr/bin/env bash
# Prints what an image was built for, as AWS Lambda names it. Usage: architecture.sh REPOSITORY DIGEST
set -euo pipefail
repository="$1" digest="$2"
# The registry does not tell it beside the image: it stands in the image's configuration, which is kept like a layer.
manifest="$(aws ecr batch-get-image --repository-name "${repository}" --image-ids "imageDigest=${digest}" \
  --query 'images[0].imageManifest' --output text)"
if ! configuration="$(jq --exit-status --raw-output '.config.digest' <<< "${manifest}")"; then
  echo "\`${repository}\` has no image \`${digest}\`, expected the digest of one that was pushed" >&2
  exit 1
fi
url="$(aws ecr get-download-url-for-layer --repository-name "${repository}" --layer-digest "${configuration}" \
  --query downloadUrl --output text)"
found="$(curl --fail --silent --show-error --location "${url}" | jq --raw-output '.architecture')"
case "${found}" in
  arm64) echo arm64 ;;
  amd64) echo x86_64 ;;
  *)
    echo "\`${digest}\` was built for \`${found}\`, expected arm64 or amd64" >&2
    exit 1
    ;;
esac
