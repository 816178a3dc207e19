#!/usr/bin/env bash
# Says how the measurement stands: `running`, `ended STATUS`, `died`, `not begun`.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 4
if [ -s status ]; then
  echo "ended $(cat status)"
elif [ ! -s pid ]; then
  echo "not begun"
elif [ -d "/proc/$(cat pid)" ]; then
  echo running
# It may have ended between the two looks.
elif [ -s status ]; then
  echo "ended $(cat status)"
else
  echo died
fi
