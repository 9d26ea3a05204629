#!/usr/bin/env bash
# Publishes packed packages, but for those that were published before. Usage: publish-npm.sh FILE…
set -euo pipefail
for file in "$@"; do
  # A pattern that fits nothing stays as it is.
  if [[ ! -f "${file}" ]]; then
    continue
  fi
  name="$(tar --extract --to-stdout --file "${file}" package/package.json | jq --raw-output '"\(.name)@\(.version)"')"
  if npm view "${name}" version > /dev/null 2>&1; then
    echo "${name} is there already"
    continue
  fi
  # npm takes what begins with no dot or slash for the name of a repository.
  case "${file}" in
    /* | ./*) ;;
    *) file="./${file}" ;;
  esac
  npm publish "${file}" --provenance --access public
done
