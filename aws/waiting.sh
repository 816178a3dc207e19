# shellcheck shell=bash
# Waiting so that a signal is obeyed at once, and so that nothing waits forever.

# The process group that `await` waits for; empty when there is none.
child=

# Runs a command that may take long, out of reach of the terminal's Ctrl-C, and
# gives its status. A signal to run.sh interrupts the waiting, not the command:
# whoever handles it finds the command in `child`.
await() {
  local status=0
  set -m
  "$@" </dev/null &
  child=$!
  set +m
  wait "$child" || status=$?
  child=
  return "$status"
}

# Runs a command for at most so many seconds; 124 when it took longer. It is
# killed then: at the end of a run TERM is ignored, and what is started there
# inherits that.
within() {
  local seconds=$1 pid until status=0
  shift
  set -m
  "$@" </dev/null &
  pid=$!
  set +m
  until=$((SECONDS + seconds))
  while kill -0 "$pid" 2>/dev/null; do
    if [ "$SECONDS" -ge "$until" ]; then
      kill -KILL -- "-$pid" 2>/dev/null
      wait "$pid" 2>/dev/null
      return 124
    fi
    sleep 0.1
  done
  wait "$pid" || status=$?
  return "$status"
}
