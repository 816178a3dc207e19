#!/usr/bin/env bash
# Runs once, as root, when the box starts.
# shellcheck disable=SC2016,SC2154  # Terraform fills in what looks unquoted
set -euo pipefail

# The dead man's switch comes first. A timer on the calendar, not on a running
# clock: a reboot must not give the box a second life.
ends=$(date -u -d '+${lifetime_minutes} minutes' '+%Y-%m-%d %H:%M:%S UTC')
cat >/etc/systemd/system/tollgate-end.service <<UNIT
[Service]
Type=oneshot
ExecStart=/usr/bin/systemctl poweroff
UNIT
cat >/etc/systemd/system/tollgate-end.timer <<UNIT
[Timer]
OnCalendar=$ends
Persistent=true
[Install]
WantedBy=timers.target
UNIT
systemctl enable --now tollgate-end.timer

install -d -o ec2-user -g ec2-user '${folder}'
trap 'tail -n 20 /var/log/cloud-init-output.log >"${folder}/failed"' ERR
dnf install -y -q docker rsync
systemctl enable --now docker
touch '${folder}/ready'
