#!/usr/bin/env bash
# Prints the status of a stack; nothing where there is no such stack. Usage: status.sh STACK
set -euo pipefail
stack="$1"
# A stack that is not there is an error like others to the command line, told apart by its words alone.
errors="$(mktemp)"
trap 'rm -f "${errors}"' EXIT
if ! status="$(aws cloudformation describe-stacks --stack-name "${stack}" --query 'Stacks[0].StackStatus' --output text 2> "${errors}")"; then
  if grep --quiet 'does not exist' "${errors}"; then
    exit 0
  fi
  cat "${errors}" >&2
  exit 1
fi
echo "${status}"
