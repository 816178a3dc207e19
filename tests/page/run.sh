#!/usr/bin/env bash
# Opens the pages of made-up journals and of committed runs in headless
# Chromium. Screenshots stay in tests/page/screenshots/, which git ignores.
#   tests/page/run.sh            everything
#   tests/page/run.sh NAME…      only pages whose name contains one of these
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
if [ -z "$browser" ]; then
  echo "tests/page: no chromium; on Debian: apt-get install chromium, or say where by CHROMIUM=" >&2
  exit 2
fi
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
(cd "$root" && TOLLGATE_PAGES="$pages" cargo test --quiet -p harness --test report page:: >/dev/null)
for run in "$root"/results/*/report.html "$root"/results/index.html; do
  [ -e "$run" ] || continue
  name=$(basename "$(dirname "$run")")
  cp "$run" "$pages/committed-$name.html"
done
[ -d "$here/node_modules/playwright-core" ] || (cd "$here" && npm ci --silent --no-audit --no-fund)
mkdir -p "$here/screenshots"
CHROMIUM="$browser" node "$here/look.mjs" "$pages" "$here/screenshots" "$@"
