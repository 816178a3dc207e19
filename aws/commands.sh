# shellcheck shell=bash
# What can be done with a run that was cut off or kept.

# ./run.sh destroy [RUN]
destroy_command() {
  choose_run "${1-}"
  if [ -e "$folder/destroyed" ]; then
    say "the box of $run is gone already"
    return 0
  fi
  if is_attended "$folder"; then
    refuse_before_spending "the run $run is still being looked after by process $(cat "$folder/operator"); Ctrl-C there ends it in order"
  fi
  [ -e "$folder/created" ] || {
    say "the run $run never made a box"
    return 0
  }
  trap '' INT TERM HUP PIPE
  if [ -e "$folder/ssh_config" ] && (read_outputs) >/dev/null 2>&1; then
    read_outputs
    fetch_what_there_is
  fi
  if ! destroy_machine; then
    how_to_end_it
    exit 4
  fi
}

# ./run.sh fetch [RUN]
fetch_command() {
  choose_run "${1-}"
  may_have_box "$folder" ||
    refuse_before_spending "the box of $run is gone; what was fetched is in $results"
  read_outputs
  say "the measurement: $(on_box ./state.sh || echo 'the box does not answer')"
  fetch_results || fail "the results could not be fetched: $(tail -n 1 "$folder/ssh.log")"
  show_results
}

# ./run.sh status
status_command() {
  local any=
  for folder in "$runs"/*/; do
    folder=${folder%/}
    [ -e "$folder/created" ] || continue
    any=1
    choose_run "${folder##*/}"
    if [ -e "$folder/destroyed" ]; then
      say "$run: the box is gone; results in $results"
      continue
    fi
    say "$run: a box for $(in_words "$(age_of "$folder")"), about $(cost_of "$(age_of "$folder")") so far"
    if is_attended "$folder"; then
      more "looked after by process $(cat "$folder/operator")"
    else
      more "nobody looks after it; ./run.sh fetch $run, ./run.sh destroy $run"
    fi
    [ ! -e "$folder/ssh_config" ] || (
      read_outputs
      more "the measurement: $(within 15 on_box ./state.sh || echo 'the box does not answer')"
    ) || true
  done
  [ -n "$any" ] || say "there are no runs"
}
