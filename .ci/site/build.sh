#!/bin/sh
# build.sh [SOURCE SITE]: makes the site of README.md and docs/ in .cache/site.
set -eu
cd "$(dirname "$0")/../.."
sh .ci/python/install.sh
source=${1:-.} site=${2:-.cache/site}
rm -rf "$site"
.cache/python/bin/sphinx-build -q -W --keep-going -c .ci/site -d "$site-pages" "$source" "$site"
