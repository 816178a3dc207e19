# shellcheck shell=bash
# The box, by Terraform.

# How often it is tried to end the box, and the pauses between.
destroy_attempts=3

terraform_run() {
  TF_IN_AUTOMATION=1 TF_INPUT=0 terraform "-chdir=$folder/terraform" "$@" >>"$folder/terraform.log" 2>&1
}

# Values may come from the operator: JSON, so that none of them is code.
write_variables() {
  local public_key
  public_key=$(cat "$folder/key.pub")
  {
    printf '{\n  "run": "%s",\n  "region": "%s",\n  "instance_type": "%s",\n' "$run" "$region" "$instance_type"
    [ -z "$ami" ] || printf '  "ami": "%s",\n' "$ami"
    printf '  "operator_cidr": "%s",\n  "lifetime_minutes": %s,\n' "$operator_cidr" "$lifetime_minutes"
    printf '  "public_key": "%s"\n}\n' "$public_key"
  } >"$folder/terraform/terraform.tfvars.json"
}

# Asks AWS whether all of this can be, and creates nothing.
plan_machine() {
  write_variables
  say "asking AWS whether this can be (terraform init, plan)"
  await terraform_run init -no-color ||
    fail "terraform init failed, nothing was created: $(terraform_error)"
  await terraform_run plan -no-color -out=plan -lock-timeout=60s ||
    refuse_before_spending "terraform refuses the plan, nothing was created: $(terraform_error)"
}

# Room for what Terraform has to remember, in kB.
room_for_state=51200

create_machine() {
  local room
  room=$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')
  [ "$room" -ge "$room_for_state" ] ||
    refuse_before_spending "$folder has $room kB left: too little for Terraform to remember what it makes"
  say "making the box: $instance_type in $region, SSH from $operator_cidr alone"
  applying=1
  date +%s >"$folder/created"
  local applied=0
  await terraform_run apply -no-color -auto-approve plan || applied=$?
  applying=
  if [ "$applied" -ne 0 ]; then
    keep_track
    fail "terraform apply failed: $(terraform_error)"
  fi
  read_outputs
  say "the box is up at $host; it ends itself in $lifetime_minutes minutes at the latest"
}

# After an apply that failed: Terraform gets back what it could not save. Where
# that fails, or where it began to make a machine and knows of nothing, its word
# that all is gone is worth nothing.
keep_track() {
  if [ -e "$folder/terraform/errored.tfstate" ]; then
    terraform_run state push errored.tfstate || lose_track
  elif grep -q 'aws_instance\.[a-z_]*: Creating' "$folder/terraform.log" 2>/dev/null && ! knows_something; then
    lose_track
  fi
}

knows_something() {
  [ -n "$(TF_IN_AUTOMATION=1 terraform "-chdir=$folder/terraform" state list 2>>"$folder/terraform.log")" ]
}

lose_track() {
  track_lost=1
  # On a full disk this run knows it, though a later `destroy` will not.
  touch "$folder/track-lost" 2>/dev/null || true
}

# The last error in Terraform's log, on one line.
terraform_error() {
  local error
  error=$(grep -A 6 -E '^(│ )?Error:' "$folder/terraform.log" 2>/dev/null | tail -n 7 |
    sed -E 's/^[│╷╵ ]+//' | tr -s '\n' ' ')
  echo "${error:-see $folder/terraform.log}"
}

# One value that Terraform gives out.
output() {
  TF_IN_AUTOMATION=1 terraform "-chdir=$folder/terraform" output -raw -no-color "$1" 2>>"$folder/terraform.log"
}

# Sets `host`, `port`, `user` and `box_folder`, and how to reach the box.
read_outputs() {
  if ! { host=$(output host) && port=$(output port) && user=$(output user) && box_folder=$(output folder); }; then
    host=
    fail "the box is up, but its address cannot be read: $(terraform_error)"
  fi
  [[ "$host" =~ ^[0-9A-Za-z.:-]+$ && "$port" =~ ^[0-9]+$ && "$user" =~ ^[a-z0-9_-]+$ &&
    "$box_folder" =~ ^/[A-Za-z0-9/_.-]+$ ]] ||
    fail "what Terraform tells of the box makes no sense: $host $port $user $box_folder"
  write_ssh_config
}

# Ends the box, in a few attempts. What ends it may take minutes and is not to
# be cut off: it is out of reach of the terminal's Ctrl-C, which Terraform obeys
# even when it was started with that signal ignored.
destroy_machine() {
  local attempt
  for ((attempt = 1; attempt <= destroy_attempts; attempt++)); do
    say "ending the box (attempt $attempt of $destroy_attempts)"
    if await terraform_run destroy -no-color -auto-approve -lock-timeout=300s; then
      if [ -n "${track_lost-}" ] || [ -e "$folder/track-lost" ]; then
        complain "Terraform has ended all that it knows of, but it could not remember the box that it began to make"
        return 1
      fi
      date +%s >"$folder/destroyed" || true
      rm -f "$folder/key" "$folder/kept"
      say "the box is gone; it was there for $(in_words "$(age_of "$folder")") and cost about $(cost_of "$(age_of "$folder")")"
      return 0
    fi
    complain "terraform destroy failed: $(terraform_error)"
    [ "$attempt" -eq "$destroy_attempts" ] || sleep "$pause_seconds"
  done
  return 1
}

# The last thing on the screen when a box may be left.
how_to_end_it() {
  complain "THE BOX MAY STILL BE RUNNING AND COSTING about \$$hourly an hour, until it ends itself. End it with:"
  if [ -n "${track_lost-}" ] || [ -e "$folder/track-lost" ]; then
    more "aws ec2 terminate-instances --region $region --instance-ids \$(aws ec2 describe-instances --region $region --filters Name=tag:Name,Values=tollgate-$run Name=instance-state-name,Values=pending,running --query 'Reservations[].Instances[].InstanceId' --output text)"
    return
  fi
  more "cd $(printf '%q' "$PWD") && ./run.sh destroy $run"
}
