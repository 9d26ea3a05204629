#!/usr/bin/env bash
# Deploys a checkout's infrastructure to a stage, with an image by its digest. Usage: deploy.sh CHECKOUT STAGE DIGEST
set -euo pipefail
checkout="$1" stage="$2" digest="$3"
if [[ ! "${digest}" =~ ^sha256:[0-9a-f]{64}$ ]]; then
  echo "\`${digest}\` is not a digest; a tag is not deployed" >&2
  exit 1
fi
cd "${checkout}/infra"
# All of it, the CDK's CLI among it, and no script of a package runs where a role is taken on.
npm ci --ignore-scripts
npx --no-install cdk deploy "SmartWishlist-${stage}" --app "node --import tsx bin/app.ts" --exclusively --require-approval never \
  --context "stage=${stage}" --context "imageDigest=${digest}"
