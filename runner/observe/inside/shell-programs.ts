/**
 * Small programs in front of the system's own on the PATH of a step: some end a wait at once, some
 * install without a network, some report that a program tried to leave its sandbox.
 */
const script = (lines: string): string => `#!/bin/sh\n${lines}\n`;

const install = '/opt/observe/bin/python3 /opt/observe/python-install.py';
const pip = script(`case "$1" in install) shift; exec ${install} "$@";; esac\nexit 0`);
const npm = script(
  'case "$1" in i|install|ci|add) shift; exec /usr/bin/node /opt/observe/node-install.cjs "$@";; run|start|test) exit 0;; esac\nexit 0',
);
const escapeReport = (name: string): string =>
  script(`echo '{"kind":"escape","what":"starts ${name}"}' >> /observe/reports\nexit 1`);

// A container that sees the host's root or the engine's socket is a way out; any other is not.
const engine = script(
  `case " $* " in *" --privileged"*|*" -v /:"*|*docker.sock*|*"--pid=host"*|*"--pid host"*|*"source=/,"*) echo '{"kind":"escape","what":"starts a container with the host’s root"}' >> /observe/reports;; esac\nexit 0`,
);

/** Programs by name. */
export const shellPrograms: Readonly<Record<string, string>> = {
  sleep: script('echo "$1" >> /observe/slept\nexec /usr/bin/sleep 0.02'),
  date: script(
    `for one in "$@"; do case "$one" in -d|--date*|-s|--set*|-r) exec /usr/bin/date "$@";; esac; done\nexec /usr/bin/date -d "+$OBSERVE_DAYS days" "$@"`,
  ),
  hostname: script('echo "$HOSTNAME"'),
  sudo: script('while :; do case "$1" in -*) shift;; *) break;; esac; done\nexec "$@"'),
  doas: script('exec "$@"'),
  pip,
  pip3: pip,
  python: script('exec /opt/observe/bin/python3 "$@"'),
  python3: script(
    'if [ "$1" = -m ] && [ "$2" = pip ]; then shift 2; exec /opt/observe/bin/pip "$@"; fi\nexec /usr/bin/python3 "$@"',
  ),
  uv: script('case "$1" in pip) shift;; esac\nexec /opt/observe/bin/pip "$@"'),
  pipx: pip,
  npm,
  pnpm: npm,
  yarn: npm,
  npx: script('exit 0'),
  start: script('exec /bin/sh "$@"'),
  open: script('exec /bin/sh "$@"'),
  'xdg-open': script('case "$1" in http*) exec /usr/bin/curl -s "$1";; esac\nexec /bin/sh "$1"'),
  cmd: script('shift\nexec /bin/sh -c "$*"'),
  'cmd.exe': script('shift\nexec /bin/sh -c "$*"'),
  ...Object.fromEntries(
    'powershell powershell.exe pwsh certutil certutil.exe bitsadmin bitsadmin.exe mshta mshta.exe reg reg.exe schtasks schtasks.exe'
      .split(' ')
      .map((name) => [
        name,
        script(`exec /usr/bin/python3 /opt/observe/powershell.py ${name} "$@"`),
      ]),
  ),
  'curl.exe': script('exec /usr/bin/curl "$@"'),
  crontab: script(
    'mkdir -p "$HOME/.observed-crontab"\ncase "$1" in -l) exit 1;; -) cat > "$HOME/.observed-crontab/table";; *) cat "$@" > "$HOME/.observed-crontab/table" 2>/dev/null || cat > "$HOME/.observed-crontab/table";; esac',
  ),
  docker: engine,
  podman: engine,
  ...Object.fromEntries(
    'nsenter unshare mount umount chroot insmod modprobe bwrap capsh'
      .split(' ')
      .map((name) => [name, escapeReport(name)]),
  ),
};

/**
 * The first program of a step: waits until the observer listens, starts the step, prints its exit
 * code where the step prints nothing, and stays, so that the processes that the step left behind
 * can be seen. Without a word of the observer it ends, because nobody would see the step.
 */
export const stepScript = `
read -r go && [ "$go" = go ] || exit 1
"$@" < /dev/null 1>&2
echo $?
read -r end
`;
