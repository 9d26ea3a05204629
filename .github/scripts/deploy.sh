#!/usr/bin/env bash
# Deploys a checkout's infrastructure to a stage, with an image by its digest. Usage: deploy.sh CHECKOUT STAGE REPOSITORY DIGEST
set -euo pipefail
checkout="$1" stage="$2" repository="$3" digest="$4"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
stack="SmartWishlist-${stage}"
if [[ ! "${digest}" =~ ^sha256:[0-9a-f]{64}$ ]]; then
  echo "\`${digest}\` is not a digest; a tag is not deployed" >&2
  exit 1
fi
cd "${checkout}/infra"

# CloudFormation takes a function whose image is for another processor, and each of its calls fails.
architecture="$(jq --raw-output --arg stage "${stage}" '.context.stages[$stage].architecture // "arm64"' cdk.json)"
built="$("${here}/architecture.sh" "${repository}" "${digest}")"
if [[ "${built}" != "${architecture}" ]]; then
  echo "\`${digest}\` was built for \`${built}\`, and \`architecture\` of \`${stage}\` is \`${architecture}\`; change infra/cdk.json or the build" >&2
  exit 1
fi

# What a first deployment that failed left is a stack that can only be deleted, which the CDK does, if nothing protects it. Nothing
# was ever live in it.
status="$("${here}/status.sh" "${stack}")"
if [[ "${status}" == ROLLBACK_COMPLETE ]]; then
  aws cloudformation update-termination-protection --stack-name "${stack}" --no-enable-termination-protection
fi

# All of it, the CDK's CLI among it, and no script of a package runs where a role is taken on.
npm ci --ignore-scripts
npx --no-install cdk deploy "${stack}" --exclusively --require-approval never \
  --context "stage=${stage}" --context "imageRepository=${repository}" --context "imageDigest=${digest}"
