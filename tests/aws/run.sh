#!/usr/bin/env bash
# Tests run.sh on AWS without AWS: tests/aws/run.sh [TEST...], where a test is
# as `test_whole_run.OnAws.test_ctrl_c`. Wants sshd and rsync, and the programs
# that `cargo build` or `cargo test --workspace` put into the target folder.
#
# Each test waits much and computes little, so several run at once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
at_once=${TESTS_AT_ONCE:-4}
export PYTHONDONTWRITEBYTECODE=1
BUILT=$(realpath "${CARGO_TARGET_DIR:-../../target}/debug")
export BUILT
logs=$(mktemp -d)
export logs
trap 'rm -rf "$logs"' EXIT

one_test() {
  if timeout 580 python3 -W ignore -m unittest "$1" >"$logs/$1" 2>&1; then
    echo "ok      $1 $(grep -o 'skipped=.*)' "$logs/$1" || true)"
  else
    echo "FAILED  $1"
    return 1
  fi
}
export -f one_test

if [ $# -eq 0 ]; then
  mapfile -t all < <(python3 - <<'PYTHON'
import unittest

def names(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from names(test)
        else:
            yield test.id()

print("\n".join(names(unittest.defaultTestLoader.discover("."))))
PYTHON
  )
  set -- "${all[@]}"
fi
status=0
printf '%s\n' "$@" | xargs -P "$at_once" -I {} bash -c 'one_test {}' || status=$?
if [ "$status" -ne 0 ]; then
  for log in "$logs"/*; do
    grep -q '^OK' "$log" || cat "$log"
  done
  exit 1
fi
