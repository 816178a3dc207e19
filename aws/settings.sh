# shellcheck shell=bash disable=SC2034  # read by the files beside this one
# What the operator can choose, checked before anything is created.

region=us-east-1
instance_type=c7i.large
ami=
operator_cidr=${OPERATOR_CIDR-}
entrants=direct,nginx,reference,gomodel,bifrost,portkey,litellm
profiles=published,aws
runner=docker
budget_minutes=100
lifetime_minutes=180
price_per_hour=
programs=
keep=${KEEP-}
[ "$keep" != 0 ] || keep=

# How long the operator's side waits, in seconds. Not for users: the tests
# cannot wait so long.
ready_seconds=${TOLLGATE_READY_SECONDS:-600}
lost_seconds=${TOLLGATE_LOST_SECONDS:-900}
pause_seconds=${TOLLGATE_PAUSE_SECONDS:-10}
fetch_seconds=${TOLLGATE_FETCH_SECONDS:-300}

aws_usage() {
  cat <<'TEXT'
./run.sh [flags]      the published benchmark on AWS: makes a box, measures, brings
                      the results home, shows them beside the published figures,
                      destroys the box
./run.sh status       what there is of each run, and what it costs
./run.sh fetch [RUN]  the results of a run that was cut off or kept
./run.sh destroy [RUN]  end the box of a run that was cut off or kept

  --region R            [us-east-1]        --instance-type T  [c7i.large]
  --ami AMI             [latest Amazon Linux 2023, x86-64]
  --operator-cidr CIDR  who may reach the box by SSH [this address, as an AWS
                        service sees it; or OPERATOR_CIDR]
  --entrants A,B,…      [direct,nginx,reference,gomodel,bifrost,portkey,litellm]
  --profiles P,Q        what to measure, one after the other [published,aws]
  --runner docker|process                  [docker]
  --budget MINUTES      measuring stops after so long, and what there is is
                        reported [100]
  --lifetime MINUTES    the box ends itself after so long, whatever happens [180]
  --price-per-hour USD  of the box, for types and regions that are not in the
                        price list
  --programs DIR        static programs for Linux x86-64 that are built already
  --keep                leave the box up at the end (or KEEP=1)
TEXT
}

read_settings() {
  while [ $# -gt 0 ]; do
    case "$1" in
      --keep)
        keep=1
        shift
        continue
        ;;
      -h | --help)
        aws_usage
        exit 0
        ;;
      --*) [ $# -gt 1 ] || refuse_before_spending "$1 needs a value; see ./run.sh --help" ;;
      *) refuse_before_spending "unknown argument \`$1\`; see ./run.sh --help" ;;
    esac
    case "$1" in
      --region) region=$2 ;;
      --instance-type) instance_type=$2 ;;
      --ami) ami=$2 ;;
      --operator-cidr) operator_cidr=$2 ;;
      --entrants) entrants=$2 ;;
      --profiles) profiles=$2 ;;
      --runner) runner=$2 ;;
      --budget) budget_minutes=$2 ;;
      --lifetime) lifetime_minutes=$2 ;;
      --price-per-hour) price_per_hour=$2 ;;
      --programs) programs=$2 ;;
      *) refuse_before_spending "unknown flag \`$1\`; see ./run.sh --help" ;;
    esac
    shift 2
  done
}

# Holds a setting against a pattern.
expect() {
  local name=$1 value=$2 pattern=$3 form=$4
  [[ "$value" =~ ^($pattern)$ ]] || refuse_before_spending "$name: \`$value\` is not $form"
}

check_settings() {
  expect --region "$region" '[a-z]{2}(-[a-z]+)+-[0-9]' "a region's name, as us-east-1"
  expect --instance-type "$instance_type" '[a-z][a-z0-9-]*\.[a-z0-9-]+' "a type's name, as c7i.large"
  case "$instance_type" in
    a1.* | [a-z]*[0-9]g.* | [a-z]*[0-9]g[a-z]*.* | mac*)
      refuse_before_spending "--instance-type: $instance_type is not an x86-64 type; the programs that are shipped are"
      ;;
  esac
  [ -z "$ami" ] || expect --ami "$ami" 'ami-[0-9a-f]{8,17}' "the id of an image, as ami-0123456789abcdef0"
  expect --entrants "$entrants" '[A-Za-z0-9_.,-]+' "a list of entrants, as direct,nginx"
  expect --profiles "$profiles" '[a-z,]+' "a list of profiles, as published,aws"
  expect --runner "$runner" 'docker|process' "docker or process"
  expect --budget "$budget_minutes" '[1-9][0-9]{0,3}' "a number of minutes"
  expect --lifetime "$lifetime_minutes" '[1-9][0-9]{0,3}' "a number of minutes"
  if [ "$lifetime_minutes" -lt $((budget_minutes + 20)) ] || [ "$lifetime_minutes" -gt 720 ]; then
    refuse_before_spending "--lifetime: $lifetime_minutes minutes are not from $((budget_minutes + 20)) (the budget and 20 to set up and fetch) to 720"
  fi
  [ -z "$price_per_hour" ] || expect --price-per-hour "$price_per_hour" '[0-9]+(\.[0-9]+)?' "a number of dollars, as 0.09"
  if [ -n "$programs" ] && [ ! -x "$programs/harness" ]; then
    refuse_before_spending "--programs: there is no harness in $programs"
  fi
  [ -z "$operator_cidr" ] || check_cidr
}

check_cidr() {
  local byte='(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
  expect --operator-cidr "$operator_cidr" "$byte(\.$byte){3}/([1-9]|[12][0-9]|3[0-2])" \
    "an IPv4 CIDR, as 203.0.113.7/32, from /1 on: SSH is not opened to everybody"
}
