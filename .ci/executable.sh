#!/bin/sh
# Skillgate: this script unpacks the archive behind it once, into the user's cache, and starts it.
set -eu
cache=${SKILLGATE_HOME:+$SKILLGATE_HOME/cache}
cache=${cache:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/skillgate}
(umask 077 && mkdir -p "$cache")
cache=$(cd "$cache" && pwd -P)
program=$cache/program-@DIGEST@

# Prints the folder and those above it that another user could exchange. In a folder such as /tmp,
# only its owner may exchange an entry.
exchangeable() {
  find "$1" -maxdepth 0 -perm /022
  at=$1
  set -- /
  while [ -n "$at" ]; do
    set -- "$@" "$at"
    at=${at%/*}
  done
  find "$@" -maxdepth 0 \( ! -user "$(id -u)" ! -user 0 -o -perm /022 ! -perm -1000 \)
}
unsafe=$(exchangeable "$cache")
if [ -n "$unsafe" ] || [ ! -O "$cache" ]; then
  echo "error[unsafe-folder]: another user owns or may write to" ${unsafe:-"$cache"} >&2
  echo "  so Skillgate does not unpack itself into $cache" >&2
  echo "  help: chmod go-w the folder, or set SKILLGATE_HOME to a folder below one of your own" >&2
  exit 2
fi
if [ ! -d "$program" ]; then
  new=$(mktemp -d "$cache/unpacking.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  tail -n +@LINES@ "$0" | (umask 077 && tar -xzf - -C "$new")
  # Another start may have been faster.
  mv -T "$new" "$program" 2>/dev/null || [ -d "$program" ]
  rm -rf "$new"
  trap - EXIT
fi
# For skillgate connect, which writes how other programs start this one.
SKILLGATE_EXECUTABLE=$(readlink -f "$0")
export SKILLGATE_EXECUTABLE
exec "$program/bin/node" "$program/node_modules/skillgate/dist/cli/guard.js" "$@"
