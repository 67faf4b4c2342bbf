#!/bin/sh
# Pin and hash everything; the files carry no address of an index. Extras stay in the pins:
# pip 23 takes `coverage[toml]` for unpinned where the file says only `coverage==`.
set -eu
cd "$(dirname "$0")/../requirements"
lock() { uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-strip-extras "$@"; }
lock --python-version 3.11 -c django52.in dev.in -o dev.txt
lock --python-version 3.11 -c django52.in -c dev.txt base.in -o base.txt
lock --python-version 3.13 -c django61.in dev.in -o django61.txt
lock --python-version 3.11 pip.in -o pip.txt
