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
./run.sh image                   make the images of the reference gateway and of
                                 the null proxy from static programs built
                                 here; needs Docker, pulls nothing
./run.sh [flags]                 the published benchmark on AWS: makes a box,
                                 measures, brings the results home, destroys the
                                 box; ./run.sh aws --help lists the flags
./run.sh status                  the runs on AWS, and what they cost
./run.sh fetch [RUN]             results of a run that was cut off or kept
./run.sh destroy [RUN]           end the box of such a run
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

# Makes an image of one static program of the workspace and nothing else, as
# gateway/Dockerfile does where base images can be pulled.
image_of() {
  local program=$1 tag=$2 arguments=$3 context
  context=$(mktemp -d)
  cp "$static/$program" "$context/$program"
  cat >"$context/Dockerfile" <<EOF
FROM scratch
COPY $program /$program
USER 65534:65534
EXPOSE 8080
ENTRYPOINT ["/$program"]
CMD $arguments
EOF
  # The builder of every engine; BuildKit is not installed everywhere.
  DOCKER_BUILDKIT=0 docker build --quiet --tag "$tag" \
    --label "org.opencontainers.image.version=$("$static/$program" --version | sed 's/.* //')" \
    --label "org.opencontainers.image.revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
    "$context" >/dev/null
  rm -r "$context"
  echo "$tag: $(docker image inspect --format '{{.Size}}' "$tag" | awk '{printf "%.1f MB", $1 / 1e6}')," \
    "$(gzip -9 <"$static/$program" | wc -c | awk '{printf "%.1f MB", $1 / 1e6}') compressed"
}

case "${1-}" in
  image)
    command -v cargo >/dev/null || refuse "cargo is missing; install Rust (rustup), then run this again"
    docker version >/dev/null 2>&1 || refuse "no container engine answers; install and start Docker, then run this again"
    # With a target named, the flags do not reach build scripts.
    host=$(rustc -vV | sed -n 's/^host: //p')
    static="${CARGO_TARGET_DIR:-target}/$host/release"
    for package in gateway mockbackend; do
      RUSTFLAGS="-C target-feature=+crt-static" \
        cargo build --release --locked -p "$package" --target "$host"
    done
    image_of gateway tollgate/reference '["--listen", "0.0.0.0:8080"]'
    image_of mockbackend tollgate/mockbackend '["--listen", "0.0.0.0:8080"]'
    ;;
  local)
    shift
    build
    exec "${CARGO_TARGET_DIR:-target}/release/harness" run "$@"
    ;;
  destroy | fetch | status)
    source aws/benchmark.sh
    "$1_command" "${2-}"
    ;;
  -h | --help | help)
    usage
    ;;
  "" | aws | --*)
    source aws/benchmark.sh
    [ "${1-}" != aws ] || shift
    benchmark_on_aws "$@"
    ;;
  *)
    usage >&2
    refuse "unknown command \`$1\`"
    ;;
esac
