#!/usr/bin/env bash
# Runs the gate, tells the job's summary, and leaves its exit status to
# verdict.sh, so that comment and journal are kept whatever it is.
#
# Environment: BASE, HEAD, LIKE, FURTHER, POLICY, BUDGET (inputs of
# action.yml).
set -euo pipefail
cd "$GITHUB_WORKSPACE"
place=$RUNNER_TEMP/tollgate
folder=$place/gate
summary=$place/summary.md
rm -rf "$folder"

# Their names tell their commits.
built() { printf 'bin:%s' "$place/bin/$1-"*; }
arguments=(--base "${BASE:-$(built base)}" --head "${HEAD:-$(built head)}")
arguments+=(--like "$LIKE" --budget "$BUDGET" --out "$folder")
[ -z "$POLICY" ] || arguments+=(--policy "$POLICY")
# One a line, or, where there is one line, split at its spaces.
case "$FURTHER" in
  *$'\n'*) mapfile -t more < <(grep -v '^[[:space:]]*$' <<<"$FURTHER") ;;
  *) read -r -a more <<<"$FURTHER" ;;
esac

status=0
exec 3> >(tee "$place/gate.log" >&2)
telling=$!
"$place/bin/harness" gate "${arguments[@]}" "${more[@]}" 2>&3 3>&- || status=$?
# The last lines may be on their way.
exec 3>&-
wait "$telling"
if [ -f "$folder/gate.md" ]; then
  cp "$folder/gate.md" "$summary"
else
  {
    echo "<!-- tollgate-gate -->"
    echo "# Tollgate gate: no verdict (exit status $status)"
    echo
    # A longer fence than any that a log may hold.
    echo '~~~~~~~~ text'
    tail -n 20 "$place/gate.log"
    echo '~~~~~~~~'
  } >"$summary"
fi

if [ -f "$place/base-instructions.txt" ] && [ -f "$place/head-instructions.txt" ]; then
  counted=0
  "$place/bin/harness" instructions --markdown "$place/base-instructions.txt" \
    "$place/head-instructions.txt" >"$place/instructions.md" || counted=$?
  cat "$place/instructions.md"
  { echo; cat "$place/instructions.md"; } >>"$summary"
  # What is certain outweighs what is noisy, and a failure both.
  case "$status/$counted" in
    0/* | 3/1 | 3/2 | 3/4) status=$([ "$counted" -eq 0 ] && echo "$status" || echo "$counted") ;;
  esac
fi

cat "$summary" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
{
  echo "status=$status"
  echo "summary=$summary"
  if [ -d "$folder" ]; then
    echo "folder=$folder"
  fi
} >>"$GITHUB_OUTPUT"
