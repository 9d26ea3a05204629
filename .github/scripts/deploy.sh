#!/usr/bin/env bash
# Deploys a checkout's infrastructure to a stage, with an image by its digest. Usage: deploy.sh CHECKOUT STAGE REPOSITORY DIGEST
set -euo pipefail
checkout="$1" stage="$2" repository="$3" digest="$4"
if [[ ! "${digest}" =~ ^sha256:[0-9a-f]{64}$ ]]; then
  echo "\`${digest}\` is not a digest; a tag is not deployed" >&2
  exit 1
fi
cd "${checkout}/infra"
# All of it, the CDK's CLI among it, and no script of a package runs where a role is taken on.
npm ci --ignore-scripts
npx --no-install cdk deploy "SmartWishlist-${stage}" --exclusively --require-approval never \
  --context "stage=${stage}" --context "imageRepository=${repository}" --context "imageDigest=${digest}"
