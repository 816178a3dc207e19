# shellcheck shell=bash
# What the box costs.

# Dollars an hour, on demand, Linux, us-east-1, us-east-2 and us-west-2 (as of
# November 2026). The disk and the public address are added: 20 GiB of gp3 at
# $0.08 a month each, and half a cent an hour.
list_price() {
  case "$1" in
    c7i.large) echo 0.08925 ;;
    c7i.xlarge) echo 0.1785 ;;
    c7i.2xlarge) echo 0.357 ;;
    c6i.large | c5.large) echo 0.085 ;;
    m7i.large) echo 0.1008 ;;
    t3.medium) echo 0.0416 ;;
    *) return 1 ;;
  esac
}

# Sets `hourly`, dollars an hour for everything.
find_price() {
  if [ -z "$price_per_hour" ]; then
    case "$region" in
      us-east-1 | us-east-2 | us-west-2) price_per_hour=$(list_price "$instance_type") || true ;;
    esac
  fi
  [ -n "$price_per_hour" ] ||
    refuse_before_spending "the price of $instance_type in $region is not in the list; look it up and give it as --price-per-hour USD"
  hourly=$(awk -v box="$price_per_hour" 'BEGIN { printf "%.4f", box + 20 * 0.08 / 730 + 0.005 }')
}

# Dollars for so many seconds.
cost_of() {
  awk -v seconds="$1" -v hourly="$hourly" 'BEGIN { printf "$%.2f", seconds / 3600 * hourly }'
}
