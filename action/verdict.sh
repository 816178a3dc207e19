#!/usr/bin/env bash
# Ends the job as the gate ended.
#
# Environment: STATUS, FAIL_ON_NOISE.
set -euo pipefail

case "$STATUS" in
  0) echo "pass" ;;
  1)
    echo "::error::regression: the job's summary tells where"
    exit 1
    ;;
  3)
    echo "::warning::this runner was too noisy to tell; the job's summary says what would help"
    [ "$FAIL_ON_NOISE" != true ] || exit 3
    ;;
  *)
    echo "::error::the gate gave no verdict (exit status ${STATUS:-none})"
    exit "${STATUS:-4}"
    ;;
esac
