# shellcheck shell=bash
# The folder of a run: its own copy of the configuration, its Terraform state,
# its SSH key, its logs. Two runs at once share nothing.

runs=.runs

# Sets `run` (its name) and `folder`.
begin_run() {
  mkdir -p "$runs"
  chmod 700 "$runs"
  run=$(date -u '+%Y%m%d-%H%M%S')
  local suffix=1 name=$run
  # mkdir decides who has the name when two begin in the same second.
  until mkdir "$runs/$name" 2>/dev/null; do
    suffix=$((suffix + 1))
    [ "$suffix" -lt 50 ] || fail "no folder can be made in $runs"
    name=$run-$suffix
  done
  run=$name
  folder=$runs/$run
  run_log=$folder/log
  echo $$ >"$folder/operator"
  mkdir "$folder/terraform"
  cp terraform/*.tf terraform/user-data.sh "$folder/terraform/"
  ssh-keygen -q -t ed25519 -N '' -C "tollgate-$run" -f "$folder/key"
  settings_for_later >"$folder/settings"
}

# What `destroy`, `fetch` and `status` need to know of a run.
settings_for_later() {
  printf 'hourly=%q\nresults=%q\nprofiles=%q\n' "$hourly" "results/aws-$run" "$profiles"
}

# Whether a run may have a box.
may_have_box() {
  [ -e "$1/created" ] && [ ! -e "$1/destroyed" ]
}

# Whether the script that began a run still lives.
is_attended() {
  local pid command
  pid=$(cat "$1/operator" 2>/dev/null) || return 1
  command=$(ps -o command= -p "$pid" 2>/dev/null) || return 1
  [[ "$command" == *run.sh* ]]
}

# Sets `run` and `folder` to the run named, or to the newest one that has a box.
choose_run() {
  local candidate
  run=${1-}
  if [ -z "$run" ]; then
    for candidate in "$runs"/*/; do
      if may_have_box "$candidate"; then
        run=$(basename "$candidate")
      fi
    done
    [ -n "$run" ] || refuse_before_spending "there is no run with a box; ./run.sh status lists them"
  fi
  if ! [[ "$run" =~ ^[0-9-]+$ ]] || [ ! -d "$runs/$run" ]; then
    refuse_before_spending "there is no run \`$run\`; ./run.sh status lists them"
  fi
  folder=$runs/$run
  run_log=$folder/log
  # shellcheck disable=SC1091  # written by settings_for_later
  source "$folder/settings"
}

# Seconds since the box was asked for.
age_of() {
  local began
  began=$(cat "$1/created")
  echo $(($(date +%s) - began))
}
