#!/bin/sh
# build.sh [SOURCE SITE]: makes the site of README.md and docs/ in .cache/site. Only this needs the
# generator, so npm ci has nothing of it: the first run installs the locked versions beside the site.
set -eu
cd "$(dirname "$0")/../.."
tools=.cache/site-tools
if ! cmp -s .ci/site/requirements.txt "$tools/requirements.txt"; then
  rm -rf "$tools"
  python3 -m venv "$tools"
  "$tools/bin/pip" install -q --disable-pip-version-check --require-hashes --only-binary :all: \
    -r .ci/site/requirements.txt
  cp .ci/site/requirements.txt "$tools"
fi
source=${1:-.} site=${2:-.cache/site}
rm -rf "$site"
"$tools/bin/sphinx-build" -q -W --keep-going -c .ci/site -d "$site-pages" "$source" "$site"
