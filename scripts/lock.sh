#!/bin/sh
# Pin and hash everything; the files carry no address of an index.
set -eu
cd "$(dirname "$0")/.."
lock() { uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header "$@"; }
limit=$(mktemp)
trap 'rm -f "$limit"' EXIT
echo 'django>=5.2,<5.3' >"$limit"
lock --python-version 3.11 -c "$limit" requirements/dev.in -o requirements/dev.txt
lock --python-version 3.11 -c "$limit" -c requirements/dev.txt requirements/base.in -o requirements/base.txt
echo 'django>=6.1,<6.2' >"$limit"
lock --python-version 3.13 -c "$limit" requirements/dev.in -o requirements/django61.txt
