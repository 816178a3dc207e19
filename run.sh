#!/usr/bin/env bash
# The front door: see ./run.sh --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'EOF'
./run.sh local [harness flags]   build in release mode, then measure on this
                                 machine the entrants that need nothing
                                 installed (direct, nginx, reference);
                                 ./run.sh local --help lists the flags
./run.sh                         the published benchmark on AWS: not built yet
EOF
}

# Stops with a message that says what to do.
refuse() {
  echo "run.sh: $1" >&2
  exit 2
}

build() {
  command -v cargo >/dev/null || refuse "cargo is missing; install Rust (rustup), then run this again"
  # On its own, so that no feature that only another member wants ends up in
  # the gateway that is measured.
  cargo build --release --locked -p gateway
  cargo build --release --locked -p mockbackend -p loadgen -p harness
}

case "${1-}" in
  local)
    shift
    build
    exec "${CARGO_TARGET_DIR:-target}/release/harness" run "$@"
    ;;
  -h | --help | help)
    usage
    ;;
  "")
    echo "run.sh: the run on AWS is not built yet; on this machine: ./run.sh local" >&2
    exit 2
    ;;
  *)
    usage >&2
    refuse "unknown command \`$1\`"
    ;;
esac
