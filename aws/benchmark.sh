# shellcheck shell=bash
# The run on AWS, from the first check to the last word.

source aws/screen.sh
source aws/waiting.sh
source aws/settings.sh
source aws/price.sh
source aws/prerequisites.sh
source aws/runs.sh
source aws/programs.sh
source aws/estimate.sh
source aws/machine.sh
source aws/connection.sh
source aws/measurement.sh
source aws/results.sh
source aws/teardown.sh
source aws/commands.sh

benchmark_on_aws() {
  read_settings "$@"
  check_settings
  find_price
  check_programs
  check_leftovers
  check_credentials
  find_operator

  begin_run
  arm_teardown
  results=results/aws-$run
  say "run $run; its log: $run_log"
  build_shipment
  show_estimate
  plan_machine
  create_machine
  wait_until_ready
  ship_everything
  start_measuring
  follow
  fetch_results || fail "the results could not be fetched: $(tail -n 1 "$folder/ssh.log")"
  complete=1
  # The trap ends the box and shows the tables, as after anything else.
  exit "$measured"
}
