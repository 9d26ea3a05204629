#!/bin/sh
# Installs what a directory has of the Python package into an empty place, and signs up and makes a list in a file with it.
# For `sh`, because Alpine has no other. Usage: try-wheel.sh DIRECTORY
set -eu
package="$(echo "$1"/smart_wishlist-*)"
if [ ! -f "${package}" ]; then
  echo "expected one package in \`$1\`, found \`${package}\`" >&2
  exit 1
fi
place="$(mktemp -d)"
python -m venv "${place}/empty"
python="${place}/empty/bin/python"
if [ ! -e "${python}" ]; then
  # Windows has them elsewhere.
  python="${place}/empty/Scripts/python.exe"
fi
"${python}" -m pip install --quiet --disable-pip-version-check "${package}"
# A script's own folder is where Python looks first: there is no source of the package in this one.
echo 'Correct-horse-7-battery' |
  "${python}" examples/quickstart-python/quickstart.py --file "${place}/wishlists.db" alice@example.com
test -s "${place}/wishlists.db"
echo "${package} works"
