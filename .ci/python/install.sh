#!/bin/sh
# Puts the programs of requirements.txt into .cache/python/bin: they make the site and try the files
# of docs/serving. Whoever does neither has no need of them, so npm ci has nothing of it.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p .cache
exec 9>.cache/python.lock
flock 9
cmp -s .ci/python/requirements.txt .cache/python/requirements.txt && exit
rm -rf .cache/python
python3 -m venv .cache/python
.cache/python/bin/pip install -q --disable-pip-version-check --require-hashes --only-binary :all: \
  -r .ci/python/requirements.txt
cp .ci/python/requirements.txt .cache/python
