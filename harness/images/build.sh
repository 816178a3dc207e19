#!/usr/bin/env bash
# Images of gateways, put together from packages where no registry can be
# reached; see README.md beside this file.
#
#   harness/images/build.sh [nginx] [portkey] [litellm] [crabllm]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
installs=${TOLLGATE_ENTRANTS:-$(cd ../.. && pwd)/.entrants}
base=tollgate-local/debian

refuse() {
  echo "build.sh: $1" >&2
  exit 2
}

# Sizes, as the engine tells them.
tell() {
  echo "$1: $(docker image inspect --format '{{.Size}}' "$1" | awk '{printf "%.0f MB on disk", $1 / 1e6}')"
}

# A root with what Debian calls essential, and apt. Taken from the mirror that
# this machine itself is configured with.
make_base() {
  docker image inspect "$base" >/dev/null 2>&1 && return
  local mirror suite root
  [ "$(id -u)" = 0 ] || refuse "making $base needs root: debootstrap does"
  command -v debootstrap >/dev/null || refuse "debootstrap is missing; run: apt-get install debootstrap"
  # shellcheck disable=SC2016 # apt fills it in
  mirror=$(apt-get indextargets --format '$(SITE)' | sort -u | head -n 1)
  # shellcheck source=/dev/null
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  root=$(mktemp -d)
  echo "making $base of $suite; takes two minutes"
  debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$root.log" 2>&1 \
    || refuse "debootstrap failed: $(tail -n 3 "$root.log")"
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
  tar -C "$root" --sort=name --mtime=@0 --numeric-owner -c . | docker import - "$base" >/dev/null
  rm -rf "$root" "$root.log"
}

# Builds an image of the Dockerfile on standard input and of the folder $2.
# Packages come over the machine's own network.
build() {
  DOCKER_BUILDKIT=0 docker build --quiet --network host --tag "$1" \
    --label "org.opencontainers.image.version=$3" --file - "$2" >/dev/null 2>"$log" \
    || refuse "$1 cannot be built: $(tail -n 5 "$log")"
  tell "$1"
}

installed() {
  [ -e "$installs/$1" ] || refuse "$1 is not installed in $installs; run: harness setup ${1%%/*}"
}

nginx() {
  local empty
  empty=$(mktemp -d)
  build tollgate-local/nginx "$empty" "" <<EOF
FROM $base
RUN apt-get update -qq \\
 && apt-get install -qq --no-install-recommends nginx-light >/dev/null \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
EOF
  rmdir "$empty"
}

portkey() {
  installed portkey/node_modules/@portkey-ai/gateway
  local context node
  context=$(mktemp -d)
  node=$(readlink -f "$(command -v node)")
  # Everything but the C++ library, which the base has, is a part of it.
  cp "$node" "$context/node"
  cp -a "$installs/portkey/node_modules" "$context/node_modules"
  build tollgate-local/portkey "$context" \
    "$(node -p "require('$installs/portkey/node_modules/@portkey-ai/gateway/package.json').version")" <<EOF
FROM $base
COPY node /usr/local/bin/node
COPY node_modules /app/node_modules
WORKDIR /app
EXPOSE 8787
CMD ["node", "/app/node_modules/@portkey-ai/gateway/build/start-server.js", "--headless"]
EOF
  rm -r "$context"
}

litellm() {
  installed litellm/venv
  local context venv version
  venv=$installs/litellm/venv
  version=$("$venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  context=$(mktemp -d)
  cp -a "$venv/lib/python$version/site-packages" "$context/site-packages"
  # redis needs it below Python 3.11.3, which Debian's is and the virtual
  # environment's may not be.
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --target "$context/site-packages" --upgrade async-timeout==5.0.1
  find "$context" -name __pycache__ -prune -exec rm -r {} +
  cat >"$context/litellm" <<'EOF'
#!/usr/bin/python3
from litellm import run_server
if __name__ == "__main__":
    run_server()
EOF
  chmod +x "$context/litellm"
  # Compiled modules are of one version of Python, so it must be the same.
  build tollgate-local/litellm "$context" \
    "$("$venv/bin/python" -c "import importlib.metadata as m; print(m.version('litellm'))")" <<EOF
FROM $base
RUN apt-get update -qq \\
 && apt-get install -qq --no-install-recommends python3 ca-certificates >/dev/null \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \\
 && python3 -c 'import sys; assert "%d.%d" % sys.version_info[:2] == "$version", sys.version'
COPY site-packages /usr/local/lib/python$version/dist-packages
COPY litellm /usr/local/bin/litellm
RUN python3 -m compileall -q /usr/local/lib/python$version/dist-packages || true
EXPOSE 4000
ENTRYPOINT ["litellm"]
EOF
  rm -r "$context"
}

crabllm() {
  installed crabllm/bin/crabllm
  local context
  context=$(mktemp -d)
  cp "$installs/crabllm/bin/crabllm" "$context/crabllm"
  build tollgate-local/crabllm "$context" \
    "$(sed -n 's/^"crabllm \([^ ]*\) .*/\1/p' "$installs/crabllm/.crates.toml")" <<EOF
FROM $base
RUN apt-get update -qq \\
 && apt-get install -qq --no-install-recommends ca-certificates libssl3 >/dev/null \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
COPY crabllm /usr/local/bin/crabllm
ENTRYPOINT ["crabllm"]
EOF
  rm -r "$context"
}

docker version >/dev/null 2>&1 || refuse "no container engine answers"
[ $# -gt 0 ] || set -- nginx portkey litellm crabllm
for name in "$@"; do
  case "$name" in
    nginx | portkey | litellm | crabllm) ;;
    *) refuse "no recipe for \`$name\`" ;;
  esac
done
log=$(mktemp)
trap 'rm -f "$log"' EXIT
make_base
for name in "$@"; do "$name"; done
