#!/bin/sh
# Says whether the report is complete.
set -eu

for file in weekly.md deals.json weekly.svg; do
  if [ ! -s "/reports/$file" ]; then
    echo "missing: $file"
    exit 1
  fi
done
echo "complete"
