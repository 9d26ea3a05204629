#!/usr/bin/env bash
# Prints an output of a stack; ends with 3 where the stack has no such output. Usage: output.sh STACK KEY
set -euo pipefail
stack="$1" key="$2"
value="$(aws cloudformation describe-stacks --stack-name "${stack}" \
  --query "Stacks[0].Outputs[?OutputKey=='${key}'].OutputValue | [0]" --output text)"
if [[ -z "${value}" || "${value}" == None ]]; then
  echo "the stack \`${stack}\` has no output \`${key}\`; deploy it as infra/ has it" >&2
  exit 3
fi
echo "${value}"
