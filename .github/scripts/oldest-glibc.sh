#!/usr/bin/env bash
# Fails where a packed module asks for a newer C library than is promised. Usage: oldest-glibc.sh ARCHIVE MEMBER VERSION
set -euo pipefail
archive="$1" member="$2" promised="$3"
module="$(mktemp)"
trap 'rm -f "${module}"' EXIT
tar --extract --to-stdout --file "${archive}" "${member}" > "${module}"
newest="$(objdump --dynamic-syms "${module}" | grep --only-matching 'GLIBC_[0-9.]*' | sort --version-sort --unique | tail --lines=1)"
newest="${newest#GLIBC_}"
if [[ "$(printf '%s\n' "${newest}" "${promised}" | sort --version-sort | tail --lines=1)" != "${promised}" ]]; then
  echo "\`${member}\` asks for the C library of version ${newest}; promised is ${promised}" >&2
  exit 1
fi
echo "${member} asks for the C library of version ${newest} or later"
