#!/bin/sh
# Skillgate: this script unpacks the archive behind it once, into the user's cache, and starts it.
set -eu
cache=${SKILLGATE_HOME:+$SKILLGATE_HOME/cache}
cache=${cache:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/skillgate}
program=$cache/program-@DIGEST@
umask 077
mkdir -p "$cache"
# Whoever else may write to the folder could exchange the program.
if [ ! -O "$cache" ] || [ -n "$(find "$cache" -maxdepth 0 -perm /022)" ]; then
  echo "error[unsafe-folder]: others may write to $cache, so Skillgate does not unpack itself there" >&2
  echo "  help: chmod 700 $cache, or set SKILLGATE_HOME to a folder of your own" >&2
  exit 2
fi
if [ ! -d "$program" ]; then
  new=$(mktemp -d "$cache/unpacking.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  tail -n +@LINES@ "$0" | tar -xzf - -C "$new"
  # Another start may have been faster.
  mv -T "$new" "$program" 2>/dev/null || [ -d "$program" ]
  trap - EXIT
fi
exec "$program/bin/node" "$program/node_modules/skillgate/dist/cli/guard.js" "$@"
