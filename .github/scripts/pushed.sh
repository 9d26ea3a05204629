#!/usr/bin/env bash
# Prints the digest that the registry has under the tag of a commit; nothing where there is none. Usage: pushed.sh REPOSITORY COMMIT
set -euo pipefail
repository="$1" commit="$2"
if [[ ! "${commit}" =~ ^[0-9a-f]{40}$ ]]; then
  echo "\`${commit}\` is not a commit; write all 40 digits" >&2
  exit 1
fi
if [[ -z "${repository}" ]]; then
  echo "no repository is named; set the variable \`ECR_REPOSITORY\`, as docs/deploy.md says" >&2
  exit 1
fi
errors="$(mktemp)"
trap 'rm -f "${errors}"' EXIT
if ! found="$(aws ecr describe-images --repository-name "${repository}" --image-ids "imageTag=${commit}" \
  --query 'imageDetails[0].[imageDigest, imageManifestMediaType]' --output text 2> "${errors}")"; then
  if grep --quiet ImageNotFoundException "${errors}"; then
    exit 0
  fi
  cat "${errors}" >&2
  exit 1
fi
read -r digest kind <<< "${found}"
# An index of images, as attestations make one, is what AWS Lambda refuses.
case "${kind}" in
  application/vnd.oci.image.manifest.v1+json | application/vnd.docker.distribution.manifest.v2+json) ;;
  *)
    echo "\`${commit}\` is of the kind \`${kind}\`, expected one image: build it without provenance and SBOM" >&2
    exit 1
    ;;
esac
if [[ ! "${digest}" =~ ^sha256:[0-9a-f]{64}$ ]]; then
  echo "\`${digest}\` is not a digest" >&2
  exit 1
fi
echo "${digest}"
