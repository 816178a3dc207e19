#!/usr/bin/env bash
# Checks the mock backend with the official SDKs as strict clients.
#
#   tests/sdk/run.sh [PROGRAM]
#
# PROGRAM is the mock backend to check; without it, MOCKBACKEND or else
# target/debug/mockbackend, built first. The Python SDKs are installed from PyPI
# into tests/sdk/.venv, in the versions that requirements.txt names; those of
# TypeScript from npm, as typescript/package-lock.json has them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [[ $# -gt 0 ]]; then
    MOCKBACKEND=$1
elif [[ -z ${MOCKBACKEND:-} ]]; then
    cargo build --quiet --package mockbackend --manifest-path "$here/../../Cargo.toml"
    MOCKBACKEND=${CARGO_TARGET_DIR:-$here/../../target}/debug/mockbackend
fi
MOCKBACKEND=$(realpath "$MOCKBACKEND")
export MOCKBACKEND

cd "$here"
[[ -d .venv ]] || python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
.venv/bin/pytest --quiet -p no:cacheprovider .

cd typescript
# A lock file that has been installed already need not be installed again.
if ! cmp --silent package-lock.json node_modules/.installed-lock.json; then
    npm ci --silent --no-audit --no-fund
    cp package-lock.json node_modules/.installed-lock.json
fi
node --test --test-reporter=dot
