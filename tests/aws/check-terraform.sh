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
cp "$configuration"/*.tf "$configuration/user-data.sh" "$copy"
if timeout 120 terraform -chdir="$copy" init -backend=false -input=false >"$copy/init.log" 2>&1; then
  terraform -chdir="$copy" validate
else
  echo "NOT RUN: terraform validate: its provider cannot be fetched here"
fi
