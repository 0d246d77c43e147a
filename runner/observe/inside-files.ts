/** The files that a step finds in its sandbox besides the submission and the decoys. */
import type { SandboxFile } from '../sandbox/sandbox.ts';
import type { Decoys } from './decoys.ts';
import { nodeCall, nodeInstall, nodePreload } from './inside/node-preload.ts';
import { pythonCall } from './inside/python-call.ts';
import { pythonHttp, pythonSetup } from './inside/python-http.ts';
import { pythonPreload } from './inside/python-preload.ts';
import { pythonWindows } from './inside/python-windows.ts';

export function insideFiles({ host }: Pick<Decoys, 'host'>): readonly SandboxFile[] {
  const file = (path: string, text: string, mode: '444' | '755' = '444'): SandboxFile => ({
    path,
    mode,
    bytes: Buffer.from(text),
  });
  return [
    file('/opt/observe/step.sh', stepScript),
    file('/opt/observe/python/sitecustomize.py', pythonPreload),
    file('/opt/observe/python/observe_http.py', pythonHttp),
    file('/opt/observe/python/observe_setup.py', pythonSetup),
    file('/opt/observe/python/observe_windows.py', pythonWindows),
    file('/opt/observe/python/observe_registry.py', pythonRegistry),
    file('/opt/observe/powershell.py', pythonPowershell),
    file('/opt/observe/python-install.py', pythonInstall),
    file('/opt/observe/python-call.py', pythonCall),
    file('/opt/observe/node-preload.cjs', nodePreload),
    file('/opt/observe/node-install.cjs', nodeInstall),
    file('/opt/observe/node-call.mjs', nodeCall),
    ...Object.entries(shellPrograms).map(([name, text]) =>
      file(`/opt/observe/bin/${name}`, text, '755'),
    ),
    file('/etc/hostname', `${host}\n`),
    file('/etc/resolv.conf', 'nameserver 127.0.0.1\n'),
    file('/etc/nsswitch.conf', 'hosts: files dns\n'),
  ];
}

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
const shellPrograms: Readonly<Record<string, string>> = {
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
const stepScript = `
read -r go && [ "$go" = go ] || exit 1
"$@" < /dev/null 1>&2
echo $?
read -r end
`;

/** The registry of Windows as files below the home folder, one for each value that was written. */
const pythonRegistry = String.raw`
import hashlib, os, pwd, re

# A submission can change HOME.
home = pwd.getpwuid(os.getuid()).pw_dir

def short(part):
    data = part.encode('utf8', 'replace')
    if len(data) <= 200:
        return data.decode()
    return data[:100].decode('utf8', 'ignore') + '~' + hashlib.sha256(data).hexdigest()[:16]

def write(key, name, value):
    parts = [short(one) for one in re.split(r'[\\/]', key) if one not in ('', '.', '..')]
    if len(parts) > 12:
        parts = parts[:12] + [hashlib.sha256(repr(parts).encode()).hexdigest()[:16]]
    # No key ends so: a value with the name of a key would take its place.
    name = short(re.sub(r'[\\/]', '_', str(name or '(default)'))) + '='
    folder = os.path.join(home, '.observed-registry', *parts)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), 'w', encoding='utf8', errors='replace') as file:
        file.write(str(value))
`;

/** PowerShell and its neighbours: asks the addresses of a line, and starts what the line starts. */
const pythonPowershell = String.raw`
import base64, os, re, subprocess, sys, urllib.request
import observe_registry

name, *words = sys.argv[1:]
text = ' '.join(words)
if not words and not sys.stdin.isatty():
    text = sys.stdin.read(65536)
for word in words:
    if word.lower().endswith('.ps1') and os.path.isfile(word):
        text += '\n' + open(word, encoding='utf8', errors='replace').read(65536)
coded = re.search(r'(?i)(?:^|\s)[-/]e[a-z]*\s+([A-Za-z0-9+/=]{16,})', text)
if coded:
    try:
        text = base64.b64decode(coded[1] + '===').decode('utf-16-le', 'replace')
    except ValueError:
        pass
text = re.sub(
    r'(?i)\$(?:\{env:(\w+)\}|env:(\w+))|%(\w+)%',
    lambda one: os.environ.get((one[1] or one[2] or one[3]).upper(), one[0]),
    text,
)
home = observe_registry.home

def place(path):
    path = re.sub(r'^[A-Za-z]:', '', path.strip('\'"').replace('\\', '/'))
    path = re.sub(r'^/Users/[^/]+(?=/|$)', home, path)
    return (
        path
        if path.startswith((home, '/tmp', '/skills')) or not path.startswith('/')
        else '/tmp/c' + path
    )

def keep(path, data):
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(data)
    except OSError:
        pass

if name.startswith(('reg', 'schtasks')):
    flags = dict((words[at].lower(), words[at + 1]) for at in range(len(words) - 1))
    if name.startswith('reg') and len(words) > 1 and words[0].lower() == 'add':
        observe_registry.write(words[1], flags.get('/v', ''), flags.get('/d', ''))
    if name.startswith('schtasks') and '/create' in [one.lower() for one in words]:
        keep(
            os.path.join(home, '.observed-crontab', re.sub(r'\W', '_', flags.get('/tn', 'task'))),
            text.encode(),
        )
    sys.exit(0)
given = b''
for at, found in enumerate(re.finditer(r'https?://[^\s\'"\x60;,)<>|]+', text)):
    if at > 8:
        break
    try:
        given = urllib.request.urlopen(
            urllib.request.Request(found[0], headers={'User-Agent': 'WindowsPowerShell/5.1'}),
            timeout=3,
        ).read(1 << 20)
    except Exception:
        continue
    to = re.search(
        r'(?i)-(?:outfile|o|destination)\s+("[^"]+"|\'[^\']+\'|[^\s;|]+)', text
    ) or re.match(r'[\'"]?\s*,?\s*("[^"]+"|\'[^\']+\'|[^\s;|()&]+)', text[found.end() :])
    if to:
        keep(place(to[1]), given)
if re.search(r'(?i)\b(?:iex|invoke-expression)\b', text) and given:
    subprocess.run(['/bin/sh'], input=given, timeout=3)
for found in re.finditer(
    r'(?i)(?:start-process|\bstart|&)\s+(?:-filepath\s+)?("[^"]+"|\'[^\']+\'|[^\s;|]+)', text
):
    if os.path.isfile(place(found[1])):
        subprocess.run(['/bin/sh', place(found[1])], timeout=3)
`;

/** Installs a package inside a step as pip would, without a network. */
const pythonInstall = String.raw`
import builtins, os, re, runpy, select, sys, time
import observe_setup

slow = []

def wait(child, seconds):
    until = time.monotonic() + seconds
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            slow.append(child)
            return
        select.select([], [], [], 0.01)

def setup(line):
    sys.argv = ['setup.py'] + line.split()
    # A file that changes sys.argv changes what an installer wants as little.
    observe_setup.wanted = line.split()[0]
    # In a program, as in no module, the name is the module of builtins itself.
    try:
        runpy.run_path('setup.py', {'__builtins__': builtins}, '__main__')
    except SystemExit:
        pass
    except BaseException as cause:
        sys.stderr.write('setup: %r\n' % (cause,))

given = [one for one in sys.argv[1:] if not one.startswith('-')]
for place in given or ['.']:
    place = os.path.abspath(place)
    if not os.path.isdir(place):
        continue
    os.chdir(place)
    sys.path.insert(0, place)
    project = ''
    try:
        project = open('pyproject.toml', encoding='utf8', errors='replace').read()
    except OSError:
        pass
    backend = re.search(r'build-backend\s*=\s*["\x27]([\w.:]+)', project)
    above = re.search(r'backend-path\s*=\s*\[\s*["\x27]([^"\x27]+)', project)
    if backend and above:
        sys.path.insert(0, os.path.join(place, above.group(1)))
        try:
            import importlib
            made = importlib.import_module(backend.group(1).split(':')[0])
            for name in (
                'get_requires_for_build_wheel',
                'prepare_metadata_for_build_wheel',
                'build_wheel',
            ):
                if hasattr(made, name):
                    getattr(made, name)(*([] if name.startswith('get_') else ['/tmp']))
        except BaseException as cause:
            sys.stderr.write('build: %r\n' % (cause,))
    if os.path.exists('setup.py'):
        # Each version of pip starts setup.py with other words, and more than once.
        for line in (
            'install',
            'egg_info --egg-base /tmp',
            'bdist_wheel -d /tmp',
            'develop --no-deps',
        ):
            child = os.fork()
            if child == 0:
                setup(line)
                sys.exit(0)
            # A word that takes long must not hide the next one.
            wait(child, 1)
    if os.environ.get('OBSERVE_PTH') != '0':
        for folder, _, names in os.walk(place):
            for name in names:
                if name.endswith('.pth'):
                    try:
                        for line in open(
                            os.path.join(folder, name), encoding='utf8', errors='replace'
                        ):
                            if line.startswith(('import ', 'import\t')):
                                exec(line, {})
                    except BaseException as cause:
                        sys.stderr.write('path file: %r\n' % (cause,))
    sys.path.remove(place)
# The time of the step ends what never ends, and the step counts as late.
for child in slow:
    os.waitpid(child, 0)
print('Successfully installed')
`;
