#!/usr/bin/env bash
# Publishes packed packages, but for those that were published before. Usage: publish-npm.sh FILE…
set -euo pipefail
if [[ $# -eq 0 ]]; then
  echo "no package is named, expected the files that \`npm pack\` made" >&2
  exit 1
fi
for file in "$@"; do
  # A pattern that fits nothing stays as it is.
  if [[ ! -f "${file}" ]]; then
    echo "there is no package \`${file}\`; nothing after it was published" >&2
    exit 1
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
