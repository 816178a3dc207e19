#!/usr/bin/env bash
# Checks the mock backend, and the gateway before it, with the official SDKs as strict clients.
#
# python/ and typescript/ have the same folders: mock/ asks the mock alone; gateway/ asks through
# the gateway, each test with each client (Chat, Responses, Messages) before a provider of each
# dialect (these and Gemini), the mock being all four.
#
#   tests/sdk/run.sh [PROGRAM]
#
# The gateway is GATEWAY or else target/debug/gateway, built first. What it told meanwhile, by its
# log, metrics and standard error, is searched for every key that was used, by FIND_SECRETS or else
# tests/secrets, built first.
#
# PROGRAM is the mock backend to check; without it, MOCKBACKEND or else
# target/debug/mockbackend, built first. The Python SDKs are installed from PyPI
# into tests/sdk/.venv, in the versions that python/requirements.txt names; those of
# TypeScript from npm, as typescript/package-lock.json has them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [[ $# -gt 0 ]]; then
    MOCKBACKEND=$1
elif [[ -z ${MOCKBACKEND:-} ]]; then
    cargo build --quiet --package mockbackend --manifest-path "$here/../../Cargo.toml"
    MOCKBACKEND=${CARGO_TARGET_DIR:-$here/../../target}/debug/mockbackend
fi
if [[ -z ${GATEWAY:-} ]]; then
    cargo build --quiet --package gateway --manifest-path "$here/../../Cargo.toml"
    GATEWAY=${CARGO_TARGET_DIR:-$here/../../target}/debug/gateway
fi
if [[ -z ${FIND_SECRETS:-} ]]; then
    cargo build --quiet --package gateway --example find-secrets \
        --manifest-path "$here/../../Cargo.toml"
    FIND_SECRETS=${CARGO_TARGET_DIR:-$here/../../target}/debug/examples/find-secrets
fi
MOCKBACKEND=$(realpath "$MOCKBACKEND")
GATEWAY=$(realpath "$GATEWAY")
FIND_SECRETS=$(realpath "$FIND_SECRETS")
TOLD=$(mktemp -d)
trap 'rm -rf "$TOLD"' EXIT
export MOCKBACKEND GATEWAY TOLD

cd "$here"
[[ -d .venv ]] || python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --requirement python/requirements.txt
(cd python && ../.venv/bin/pytest --quiet)

cd typescript
# A lock file that has been installed already need not be installed again.
if ! cmp --silent package-lock.json node_modules/.installed-lock.json; then
    npm ci --silent --no-audit --no-fund
    cp package-lock.json node_modules/.installed-lock.json
fi
node --test --test-reporter=dot

"$FIND_SECRETS" "$TOLD"
