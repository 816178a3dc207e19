# shellcheck shell=bash
# What is shipped: static programs for Linux x86-64, and the reference image.

# Gathers everything in the run's folder `ship`, as it will stand on the box.
build_shipment() {
  ship=$folder/ship
  mkdir -p "$ship/programs"
  if [ -z "$programs" ]; then
    build_programs
  fi
  # With their times: the harness compares those of image and program.
  cp -p "$programs"/{harness,loadgen,mockbackend,gateway} "$ship/programs/" ||
    fail "the programs could not be copied from $programs"
  cp aws/on-the-box/*.sh "$ship/"
  if [ "$runner" = docker ]; then
    save_images
  fi
}

# Sets `programs`. A target is named so that the flags do not reach build
# scripts; the gateway is built on its own so that no feature that only another
# member wants ends up in it.
build_programs() {
  local target=x86_64-unknown-linux-gnu build
  build="cargo build --release --locked --target $target -p gateway &&
    cargo build --release --locked --target $target -p harness -p loadgen -p mockbackend"
  if [ "$(uname -sm)" = "Linux x86_64" ] && command -v cargo >/dev/null; then
    say "building static programs with cargo"
    programs=${CARGO_TARGET_DIR:-target}/$target/release
    await env RUSTFLAGS="-C target-feature=+crt-static" bash -c "$build" >>"$folder/build.log" 2>&1 ||
      fail "the programs could not be built; $folder/build.log tells why"
  elif docker version >/dev/null 2>&1; then
    say "building static programs in a container (there is no cargo for Linux x86-64 here)"
    programs=target/in-docker/$target/release
    await docker run --rm --init --platform linux/amd64 --volume "$PWD:/src" --workdir /src \
      --volume tollgate-cargo:/usr/local/cargo/registry --env CARGO_TARGET_DIR=/src/target/in-docker \
      --env RUSTFLAGS="-C target-feature=+crt-static" rust:1-bookworm \
      bash -c "$build" >>"$folder/build.log" 2>&1 ||
      fail "the programs could not be built; $folder/build.log tells why"
  else
    refuse_before_spending "nothing here builds programs for Linux x86-64: install Rust on Linux x86-64, or Docker anywhere"
  fi
}

# Without an engine here, the box makes the same image of the same program.
save_images() {
  if docker version >/dev/null 2>&1 && [ "$(uname -sm)" = "Linux x86_64" ]; then
    say "making the reference image"
    await ./run.sh image >>"$folder/build.log" 2>&1 ||
      fail "the reference image could not be made; $folder/build.log tells why"
    await docker save --output "$ship/images.tar" tollgate/reference tollgate/mockbackend >>"$folder/build.log" 2>&1 ||
      fail "the reference image could not be saved; $folder/build.log tells why"
  else
    say "no container engine here: the box will make the reference image"
  fi
}
