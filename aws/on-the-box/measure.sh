#!/usr/bin/env bash
# Measures, one profile after the other, within a budget. Says on standard
# error how far it is; the file `status` appears at the end with the worst exit
# status.
#
#   measure.sh docker|process ENTRANTS BUDGET_SECONDS PROFILE...
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 4
echo $$ >pid
runner=$1 entrants=$2 budget=$3
shift 3
ulimit -n 65536 2>/dev/null

child=
stopped=
trap 'stopped=1; [ -z "$child" ] || kill -TERM "$child"' TERM

# The image of one static program and nothing else, as `./run.sh image` makes.
import_image() {
  tar --create --directory programs "$1" |
    docker import --change "ENTRYPOINT [\"/$1\"]" --change "USER 65534:65534" - "$2" >/dev/null
}

load_images() {
  if [ -e images.tar ]; then
    docker load --quiet --input images.tar >/dev/null
  else
    import_image gateway tollgate/reference && import_image mockbackend tollgate/mockbackend
  fi
}

measure() {
  local left=$((budget - SECONDS)) status=0
  if [ "$left" -le 0 ]; then
    echo "no time is left for the profile $1"
    return 0
  fi
  echo "profile $1, at most $left s"
  programs/harness run --profile "$1" --entrants "$entrants" --runner "$runner" \
    --budget "${left}s" --out "results/$1" >/dev/null &
  child=$!
  # A signal ends the waiting, not the harness, which still writes its tables.
  while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    status=$?
  done
  child=
  return "$status"
}

worst=0
mkdir -p results
if [ "$runner" = docker ]; then
  load_images || worst=4
fi
for profile in "$@"; do
  [ -z "$stopped" ] || break
  measure "$profile"
  status=$?
  [ "$status" -le "$worst" ] || worst=$status
done
[ -z "$stopped" ] || worst=130
echo "$worst" >status.new && mv status.new status
