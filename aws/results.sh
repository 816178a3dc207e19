# shellcheck shell=bash
# The tables of what was measured.

# Shows them; makes those that a run that was cut short has not written.
show_results() {
  local profile run_folder harness=$folder/ship/programs/harness shown=
  for profile in ${profiles//,/ }; do
    run_folder=$results/$profile
    [ -s "$run_folder/journal.jsonl" ] || continue
    if "$harness" --version >/dev/null 2>&1; then
      [ -s "$run_folder/tables.md" ] ||
        "$harness" report "$run_folder" --format markdown >"$run_folder/tables.md" 2>/dev/null
      "$harness" report "$run_folder" --format table 2>/dev/null
    elif [ -s "$run_folder/tables.md" ]; then
      cat "$run_folder/tables.md" 2>/dev/null
    fi
    shown=1
  done
  if [ -n "$shown" ]; then
    say "journals and tables are in $results"
  else
    say "nothing was measured"
  fi
}
