#!/usr/bin/env bash
# Builds the harness, the mock and the generator, and the reference gateway's
# own settings with them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v cargo >/dev/null || {
  echo "::error::cargo is missing; put a step that installs Rust before this one"
  exit 4
}
target=$RUNNER_TEMP/tollgate/target
CARGO_TARGET_DIR=$target cargo build --release --locked -p harness -p mockbackend -p loadgen
mkdir -p "$RUNNER_TEMP/tollgate/bin"
for program in harness mockbackend loadgen; do
  cp "$target/release/$program" "$RUNNER_TEMP/tollgate/bin/"
done
