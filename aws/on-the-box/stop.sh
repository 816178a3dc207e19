#!/usr/bin/env bash
# Ends the measurement; what was measured is kept, and the tables are written.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 4
[ -s pid ] && [ ! -s status ] || exit 0
pid=$(cat pid)
root=()
if [ "$(id -u)" -ne 0 ]; then
  root=(sudo -n)
fi
${root[@]+"${root[@]}"} kill -TERM "$pid" 2>/dev/null || exit 0
for _ in {1..150}; do
  [ -d "/proc/$pid" ] || exit 0
  sleep 0.2
done
exit 4
