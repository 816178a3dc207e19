# shellcheck shell=bash
# What a run will take, and what it took.

# Making the box, setting it up, shipping, pulling images, fetching, ending.
around_seconds=480

# Sets `expected_seconds` and shows what the run will cost.
show_estimate() {
  local measuring=0 profile seconds
  for profile in ${profiles//,/ }; do
    # The programs that are shipped do not run on every operator's machine.
    if ! seconds=$("$ship/programs/harness" run --profile "$profile" --entrants "$entrants" --estimate 2>>"$folder/build.log"); then
      [ "$(uname -sm)" != "Linux x86_64" ] ||
        refuse_before_spending "the harness refuses this run: $(tail -n 1 "$folder/build.log")"
      seconds=$((budget_minutes * 60))
    fi
    measuring=$((measuring + seconds))
  done
  if [ "$measuring" -gt $((budget_minutes * 60)) ]; then
    say "measuring everything would take $(in_words "$measuring"); the budget cuts it off at $budget_minutes min"
    measuring=$((budget_minutes * 60))
  fi
  expected_seconds=$((measuring + around_seconds))
  say "estimate: $(in_words "$measuring") of measuring, $(in_words "$expected_seconds") in all, $(cost_of "$expected_seconds") at \$$hourly an hour"
  more "at the very most $(cost_of $((lifetime_minutes * 60))): after $lifetime_minutes minutes the box ends itself"
}

compare_with_estimate() {
  local took
  [ -n "${expected_seconds-}" ] && [ -e "$folder/created" ] || return 0
  took=$(age_of "$folder")
  say "took $(in_words "$took") and about $(cost_of "$took"); the estimate was $(in_words "$expected_seconds") and $(cost_of "$expected_seconds")"
}
