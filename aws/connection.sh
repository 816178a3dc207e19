# shellcheck shell=bash
# Reaching the box.

# Everything about the connection in one file of the run's own: nothing of the
# operator's configuration, agent or known hosts takes part. Paths are relative
# to the project, so that none needs quoting.
write_ssh_config() {
  cat >"$folder/ssh_config" <<TEXT
Host box
  HostName $host
  Port $port
  User $user
  IdentityFile $folder/key
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile $folder/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking accept-new
  PasswordAuthentication no
  BatchMode yes
  ConnectTimeout 10
  ServerAliveInterval 5
  ServerAliveCountMax 3
  LogLevel ERROR
TEXT
}

# Runs a command line on the box, in the run's folder there.
on_box() {
  ssh -F "$folder/ssh_config" box "cd $box_folder && $1" </dev/null 2>>"$folder/ssh.log"
}

# Copies by rsync, over the same connection.
copy() {
  rsync --timeout=60 --rsh "ssh -F $folder/ssh_config" "$@" 2>>"$folder/ssh.log"
}

wait_until_ready() {
  local until=$((SECONDS + ready_seconds)) state
  say "waiting until the box is set up (about two minutes)"
  while [ "$SECONDS" -lt "$until" ]; do
    state=$(await on_box 'if [ -e failed ]; then cat failed; echo failed; elif [ -e ready ]; then echo ready; fi') || state=
    case "$state" in
      ready)
        say "the box is ready"
        return 0
        ;;
      *failed) fail "setting up the box failed: ${state%failed}" ;;
    esac
    await sleep "$(shorter 5 "$pause_seconds")"
  done
  fail "the box did not become ready within $(in_words "$ready_seconds"): $(tail -n 1 "$folder/ssh.log" 2>/dev/null)"
}

shorter() {
  if [ "$1" -lt "$2" ]; then echo "$1"; else echo "$2"; fi
}
