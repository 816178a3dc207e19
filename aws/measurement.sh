# shellcheck shell=bash
# What happens on the box, seen from here.

ship_everything() {
  say "shipping programs and images ($(du -sh "$ship" | cut -f1))"
  local attempt
  for attempt in 1 2 3; do
    if await copy --archive --compress "$ship/" "box:$box_folder/"; then
      return 0
    fi
    say "the connection was lost while shipping (attempt $attempt of 3)"
    await sleep "$pause_seconds"
  done
  fail "the programs could not be shipped: $(tail -n 1 "$folder/ssh.log")"
}

start_measuring() {
  local attempt started status
  for attempt in 1 2 3; do
    status=0
    started=$(on_box "./start.sh $runner $entrants $((budget_minutes * 60)) ${profiles//,/ }") || status=$?
    # 255 is the connection's word and not the box's, which may have started.
    [ "$status" -eq 255 ] || break
    say "the connection was lost while starting (attempt $attempt of 3)"
    await sleep "$pause_seconds"
    case "$(on_box ./state.sh)" in
      running | "ended "* | died)
        status=0
        break
        ;;
    esac
  done
  [ "$status" -eq 0 ] ||
    fail "the measurement could not be started: $started $(tail -n 1 "$folder/ssh.log")"
  begun=1
  say "measuring; it goes on when the connection is lost"
}

# Shows what the box says until the measurement has ended, and fetches results
# meanwhile; gives the measurement's exit status in `measured`.
follow() {
  local unreachable_since='' pause=1 state
  while true; do
    await show_progress || true
    state=$(on_box ./state.sh) || state=unreachable
    case "$state" in
      "ended "*)
        measured=${state#ended }
        say "the measurement ended with status $measured"
        return 0
        ;;
      died)
        fail "the measurement died on the box without a word: $(tail -n 1 "$folder/progress" 2>/dev/null)"
        ;;
      running)
        unreachable_since=''
        pause=1
        # The progress may have broken off for a reason that stays.
        await sleep 1
        ;;
      *)
        unreachable_since=${unreachable_since:-$SECONDS}
        if [ $((SECONDS - unreachable_since)) -ge "$lost_seconds" ]; then
          fail "the box has not answered for $(in_words "$lost_seconds"): $(tail -n 1 "$folder/ssh.log")"
        fi
        say "the connection is lost; measuring goes on there; trying again in $pause s"
        await sleep "$pause"
        pause=$(shorter $((pause * 2)) 15)
        ;;
    esac
  done
}

# The lines that the box has written since those seen already. One connection
# stays open: asking again and again would cost the box more.
show_progress() {
  local line seen fetched_at=$SECONDS
  seen=$(wc -l 2>/dev/null <"$folder/progress" || echo 0)
  while IFS= read -r line; do
    echo "$line" >>"$folder/progress"
    say "  $line"
    if [ $((SECONDS - fetched_at)) -ge "$fetch_seconds" ]; then
      fetch_new
      fetched_at=$SECONDS
    fi
  done < <(on_box "./progress.sh $((seen + 1))")
}

# What was added to the journals since: little work for the box, which is
# measuring.
fetch_new() {
  mkdir -p "$results"
  copy --archive --append --include '*/' --include journal.jsonl --exclude '*' \
    "box:$box_folder/results/" "$results/" || say "  (the results could not be fetched now)"
}

# All results; three attempts.
fetch_results() {
  local attempt
  say "fetching the results into $results"
  for attempt in 1 2 3; do
    if mkdir -p "$results" && copy --archive --compress "box:$box_folder/results/" "$results/"; then
      return 0
    fi
    say "fetching failed (attempt $attempt of 3): $(tail -n 1 "$folder/ssh.log")"
    [ "$attempt" -eq 3 ] || sleep "$(shorter "$attempt" "$pause_seconds")"
  done
  return 1
}

# Of a measurement that is cut short: ends it, so that it writes its reports,
# and fetches what there is. The box may be out of reach by now.
fetch_what_there_is() {
  within 45 on_box ./stop.sh || say "the measurement could not be told to stop"
  within 240 fetch_results || complain "not everything that was measured could be fetched; what there is stands in $results"
}
