# shellcheck shell=bash
# What the operator sees.

# Set once a run has its folder: everything said is kept there too.
run_log=/dev/null

# A line with the time; a closed terminal is no reason to stop.
say() {
  local line
  line="$(date '+%H:%M:%S') $1"
  echo "$line" >>"$run_log" 2>/dev/null || true
  echo "$line" 2>/dev/null || true
}

# A line without the time, below the one before.
more() {
  echo "         $1" >>"$run_log" 2>/dev/null || true
  echo "         $1" 2>/dev/null || true
}

# What went wrong and what to do about it.
complain() {
  echo "run.sh: $1" >>"$run_log" 2>/dev/null || true
  echo "run.sh: $1" >&2 2>/dev/null || true
}

# Stops: something asked for makes no sense, and nothing was created.
refuse_before_spending() {
  complain "$1"
  exit 2
}

# Stops: something failed.
fail() {
  complain "$1"
  exit 4
}

# 95 seconds as `1 min 35 s`.
in_words() {
  local seconds=$1
  if [ "$seconds" -lt 60 ]; then
    echo "$seconds s"
  else
    echo "$((seconds / 60)) min $((seconds % 60)) s"
  fi
}
