#!/usr/bin/env bash
# Prints the digest of the image that the functions of a stack run; nothing where there is no such stack, or where they run a zip.
# Where they do not run one and the same it warns and prints nothing, for the deployment that follows is what mends that; with
# --strict, after a deployment, it fails. Usage: live.sh [--strict] STACK
set -euo pipefail
strict=""
if [[ "$1" == --strict ]]; then
  strict=yes
  shift
fi
stack="$1"
here="$(dirname "${BASH_SOURCE[0]}")"

torn() {
  if [[ -n "${strict}" ]]; then
    echo "$1; deploy the stack again, which makes them one" >&2
    exit 1
  fi
  echo "::warning::$1; nothing is held for live, so nothing would be put back" >&2
  exit 0
}

status="$("${here}/status.sh" "${stack}")"
case "${status}" in
  # Of a first deployment that failed, or is under way, nothing is live.
  "" | ROLLBACK_COMPLETE | REVIEW_IN_PROGRESS) exit 0 ;;
  CREATE_* | ROLLBACK_* | DELETE_*)
    if [[ "${status}" != CREATE_COMPLETE ]]; then
      torn "\`${stack}\` is in \`${status}\`"
    fi
    ;;
esac

errors="$(mktemp)"
trap 'rm -f "${errors}"' EXIT
live=""
for role in Api Worker Sweep; do
  code=0
  function="$("${here}/output.sh" "${stack}" "${role}FunctionName")" || code=$?
  # What `output.sh` ends with where AWS answered and the output is not there.
  if [[ "${code}" == 3 ]]; then
    torn "\`${stack}\` does not name its functions"
  fi
  if [[ "${code}" != 0 ]]; then
    exit 1
  fi
  # `@sha256:…`, also where the function was given a tag.
  if ! image="$(aws lambda get-function --function-name "${function}" --query 'Code.ResolvedImageUri' --output text 2> "${errors}")"; then
    if grep --quiet ResourceNotFoundException "${errors}"; then
      torn "\`${function}\` is not there"
    fi
    cat "${errors}" >&2
    exit 1
  fi
  digest=""
  if [[ "${image}" == *@sha256:* ]]; then
    digest="${image##*@}"
  fi
  if [[ "${role}" != Api && "${digest}" != "${live}" ]]; then
    torn "\`${function}\` runs \`${digest:-a zip}\` and the API \`${live:-a zip}\`"
  fi
  live="${digest}"
done
echo "${live}"
