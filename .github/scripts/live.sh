#!/usr/bin/env bash
# Prints the digest of the image that the functions of a stack run; nothing where there is no such stack, or where they run a zip.
# Usage: live.sh STACK
set -euo pipefail
stack="$1"
here="$(dirname "${BASH_SOURCE[0]}")"

# A stack that is not there is an error like others to the command line, told apart by its words alone.
errors="$(mktemp)"
trap 'rm -f "${errors}"' EXIT
if ! found="$(aws cloudformation describe-stacks --stack-name "${stack}" --query 'Stacks[0].StackStatus' --output text 2> "${errors}")"; then
  if grep --quiet 'does not exist' "${errors}"; then
    exit 0
  fi
  cat "${errors}" >&2
  exit 1
fi
# Of a first deployment that failed nothing is live.
if [[ "${found}" == ROLLBACK_COMPLETE || "${found}" == REVIEW_IN_PROGRESS ]]; then
  exit 0
fi

live=""
for role in Api Worker Sweep; do
  function="$("${here}/output.sh" "${stack}" "${role}FunctionName")"
  # `@sha256:…`, also where the function was given a tag.
  image="$(aws lambda get-function --function-name "${function}" --query 'Code.ResolvedImageUri' --output text)"
  digest=""
  if [[ "${image}" == *@sha256:* ]]; then
    digest="${image##*@}"
  fi
  if [[ "${role}" != Api && "${digest}" != "${live}" ]]; then
    echo "\`${function}\` runs \`${digest:-a zip}\` and the API \`${live:-a zip}\`; deploy the stack again, which makes them one" >&2
    exit 1
  fi
  live="${digest}"
done
echo "${live}"
