#!/usr/bin/env bash
# Tests the shell of the GitHub Action without GitHub: tests/action/run.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export PYTHONDONTWRITEBYTECODE=1
python3 -W ignore -m unittest "$@"
