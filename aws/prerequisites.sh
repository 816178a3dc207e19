# shellcheck shell=bash
# What must be there before anything is spent.

check_programs() {
  local program
  for program in terraform ssh ssh-keygen rsync awk; do
    command -v "$program" >/dev/null ||
      refuse_before_spending "$program is missing; install it (README, \"On AWS\"), then run this again"
  done
}

# Terraform looks in the same places; it would find out much later.
check_credentials() {
  local home=${HOME:-/nonexistent} error
  if [ -z "${AWS_ACCESS_KEY_ID-}${AWS_PROFILE-}${AWS_WEB_IDENTITY_TOKEN_FILE-}" ] &&
    [ -z "${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI-}${AWS_CONTAINER_CREDENTIALS_FULL_URI-}" ] &&
    [ ! -e "${AWS_SHARED_CREDENTIALS_FILE:-$home/.aws/credentials}" ] &&
    [ ! -e "${AWS_CONFIG_FILE:-$home/.aws/config}" ]; then
    refuse_before_spending "no credentials of AWS: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run \`aws configure\`"
  fi
  if command -v aws >/dev/null && ! error=$(within 30 aws sts get-caller-identity 2>&1 >/dev/null); then
    refuse_before_spending "the credentials of AWS do not work: $(echo "$error" | tr -s '\n' ' ')"
  fi
}

# The door of the box opens to one address: this one, unless told otherwise.
find_operator() {
  [ -z "$operator_cidr" ] || return 0
  local address
  command -v curl >/dev/null ||
    refuse_before_spending "curl is missing, which asks for this machine's address; or give --operator-cidr"
  address=$(curl -fsS --ipv4 --max-time 15 https://checkip.amazonaws.com 2>/dev/null) ||
    refuse_before_spending "this machine's public address could not be found; give it as --operator-cidr ADDRESS/32"
  operator_cidr=$address/32
  check_cidr
}

# A box that nobody looks after any more comes before a new one.
check_leftovers() {
  local folder
  [ ! -e terraform/terraform.tfstate ] ||
    refuse_before_spending "terraform/ holds a state that no run of this script made; end it there (terraform destroy), or move it away"
  for folder in "$runs"/*/; do
    folder=${folder%/}
    may_have_box "$folder" || continue
    if [ -e "$folder/kept" ]; then
      say "the box of ${folder##*/} is still up and costs money; ./run.sh destroy ${folder##*/} ends it"
    elif ! is_attended "$folder"; then
      refuse_before_spending "the run ${folder##*/} was cut off and may have left a box that costs money; end it: ./run.sh destroy ${folder##*/}"
    fi
  done
}
