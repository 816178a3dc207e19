#!/usr/bin/env bash
# Checks the Terraform configuration: its form, its safety, and, where its
# provider can be fetched, its meaning. Says which of them was not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
configuration=../../terraform

[ -d .venv ] || python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
.venv/bin/checkov --directory "$configuration" --framework terraform --skip-download --compact --quiet
echo "checkov: no finding that is not explained in place"

if ! command -v terraform >/dev/null; then
  echo "NOT RUN: terraform fmt and terraform validate: there is no terraform here"
  exit 0
fi
terraform fmt -check -diff -recursive "$configuration"
echo "terraform fmt: in form"

# Its own folder: a state or a lock must not appear in the tree.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# What the box will run, filled in as Terraform does it.
cp "$configuration/user-data.sh" "$copy"
echo 'templatefile("user-data.sh", { lifetime_minutes = 180, folder = "/home/ec2-user/tollgate" })' |
  terraform -chdir="$copy" console 2>/dev/null | sed '1d;$d' >"$copy/filled-in"
bash -n "$copy/filled-in"
grep -q "^ends=.*'+180 minutes'" "$copy/filled-in"
grep -q "touch '/home/ec2-user/tollgate/ready'" "$copy/filled-in"
echo "user-data.sh: filled in, and a script"

# The variables alone need no provider, so what they refuse can be seen here.
mkdir "$copy/variables"
cp "$configuration/variables.tf" "$copy/variables"
accepts() {
  terraform -chdir="$copy/variables" plan -input=false -lock=false \
    -var run=a-run -var public_key=k -var operator_cidr=203.0.113.7/32 "$@" >/dev/null 2>&1
}
accepts || { echo "the variables refuse what is right" && exit 1; }
for wrong in operator_cidr=203.0.113.7 operator_cidr=0.0.0.0/0 operator_cidr=::1/128 operator_cidr=here \
  run=A_RUN lifetime_minutes=5 lifetime_minutes=10000; do
  if accepts -var "$wrong"; then
    echo "the variables accept $wrong" && exit 1
  fi
done
echo "variables.tf: refuses what is wrong"

cp "$configuration"/*.tf "$copy"
if timeout 120 terraform -chdir="$copy" init -backend=false -input=false >"$copy/init.log" 2>&1; then
  terraform -chdir="$copy" validate
else
  echo "NOT RUN: terraform validate: its provider cannot be fetched here"
fi
