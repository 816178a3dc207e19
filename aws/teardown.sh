# shellcheck shell=bash
# The end of a run, however it comes: nothing that costs money is left.

arm_teardown() {
  trap leave EXIT
  trap 'interrupted Ctrl-C' INT
  trap 'interrupted SIGTERM' TERM
  trap hung_up HUP
  # A reader of our output who has seen enough ends nothing.
  trap '' PIPE
}

interrupted() {
  say "$1: stopping"
  exit 130
}

# The terminal is gone; what is still to be said goes to the log alone.
hung_up() {
  exec >/dev/null 2>&1
  interrupted "the terminal was closed"
}

leave() {
  local status=$?
  trap - EXIT
  # From here on nothing interrupts; everything below is bounded.
  trap '' INT TERM HUP
  set +e
  settle_child
  if may_have_box "$folder"; then
    if [ -n "$keep" ] && [ -n "${host-}" ]; then
      keep_machine
    else
      [ -z "${begun-}" ] || [ -n "${complete-}" ] || fetch_what_there_is
      destroy_machine || status=4
    fi
    [ -z "${begun-}" ] || show_results
    compare_with_estimate
  fi
  [ -e "$folder/created" ] || rm -f "$folder/key"
  if may_have_box "$folder" && [ ! -e "$folder/kept" ]; then
    how_to_end_it
  fi
  exit "$status"
}

# What was under way is ended, but never an apply: destroying while it makes
# things would leave what it makes.
settle_child() {
  if [ -n "${applying-}" ]; then
    say "waiting for terraform apply to end, so that everything it makes can be destroyed"
    # A signal may have come before it had its name.
    wait "${child:-$!}"
  elif [ -n "$child" ]; then
    kill -TERM -- "-$child" 2>/dev/null
    # What does not obey is killed, so that the box does not wait for it.
    local until=$((SECONDS + 10))
    while kill -0 "$child" 2>/dev/null && [ "$SECONDS" -lt "$until" ]; do
      sleep 0.1
    done
    kill -KILL -- "-$child" 2>/dev/null
    wait "$child" 2>/dev/null
  fi
  child=
}

keep_machine() {
  touch "$folder/kept"
  if [ -n "${begun-}" ] && [ -z "${complete-}" ]; then
    say "the measurement goes on there; ./run.sh fetch $run brings what there is"
  fi
  say "the box stays up (KEEP) and costs about \$$hourly an hour, until it ends itself"
  more "into it:  ssh -F $folder/ssh_config box"
  more "end it:   ./run.sh destroy $run"
}
