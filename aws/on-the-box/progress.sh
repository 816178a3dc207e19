#!/usr/bin/env bash
# Prints what the measurement says, from a line on, until it has ended.
#
#   progress.sh FIRST_LINE
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec tail --lines="+$1" --follow --pid="$(cat pid)" --sleep-interval=1 progress
