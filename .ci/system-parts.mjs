// Programs that the machine needs beside Node and npm packages. Each is found, or installed by apt
// as root on Debian or Ubuntu, or named with the line to type. `node .ci/system-parts.mjs demo`
// works without a browser, and says so. Plain JavaScript, because it must also run on a Node that
// is too old for the rest.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  fail(
    `This is Node ${process.versions.node}; Skillgate needs 24.15 or newer and brings it as a development dependency.`,
    [
      'npm ci --loglevel=error    (without --ignore-scripts, so that node_modules/.bin/node exists; then use the npm scripts)',
    ],
  );
}

const forDemo = process.argv[2] === 'demo';
const parts = [
  { program: 'bwrap', debian: 'bubblewrap', for: 'the sandbox' },
  { program: 'socat', debian: 'socat', for: 'the way out of the sandbox' },
  { program: 'python3', debian: 'python3', for: 'skills written in Python' },
  {
    program: 'python3 -m venv',
    debian: 'python3-venv',
    for: 'the site of the docs',
    found: () => forDemo || spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0,
  },
  { program: 'git', debian: 'git', for: 'provenance' },
  { program: 'setpriv', debian: 'util-linux', for: 'dropping root' },
  { program: 'ip', debian: 'iproute2', for: 'observations' },
  { program: 'nft', debian: 'nftables', for: 'observations' },
  {
    program: 'runc',
    debian: 'runc',
    for: 'the other sandbox',
    found: () => findsRunc(),
    optional: true,
  },
  // Their packages start a server on the machine, so nobody gets them without asking.
  ...['nginx', 'caddy', 'squid'].map((program) => ({
    program,
    debian: program,
    for: 'registries, hosts and runs behind a proxy',
    found: () => forDemo || process.env.CI === undefined || findsServer(program),
    optional: true,
  })),
  {
    program: 'postgres',
    debian: 'postgresql',
    for: 'signing in at a database',
    found: () => forDemo || process.env.CI === undefined || existsSync('/usr/lib/postgresql'),
    optional: true,
  },
  {
    program: 'chromium',
    debian: 'chromium',
    for: 'the desk’s browser tests',
    found: () => browser() !== undefined,
  },
];

const missing = parts.filter((part) => !(part.found?.() ?? onPath(part.program)));
if (missing.length > 0) install(missing);

function install(wanted) {
  const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const isDebian = /^ID=debian/m.test(system);
  const isUbuntu = /^ID=ubuntu/m.test(system);
  // Ubuntu's chromium package is a snap in disguise, which neither installs in a container nor
  // starts headless as root.
  const byApt = wanted.filter((part) => isDebian || (isUbuntu && part.program !== 'chromium'));
  if (process.getuid?.() === 0 && byApt.length > 0) {
    const names = byApt.map((part) => part.debian);
    process.stderr.write(`installing ${names.join(', ')} by apt …\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env,
    });
  }
  const absent = wanted.filter((part) => !(part.found?.() ?? onPath(part.program)));
  const still = absent.filter(
    (part) => !part.optional && !(forDemo && part.program === 'chromium'),
  );
  if (forDemo && absent.some((part) => part.program === 'chromium'))
    process.stderr.write('no Chromium here: the demo approves from the command line only\n');
  if (still.length === 0) return;
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  const lines = [];
  const aptNames = still
    .filter((part) => isDebian || part.program !== 'chromium')
    .map((part) => part.debian);
  if (aptNames.length > 0) lines.push(`${sudo}apt-get install -y ${aptNames.join(' ')}`);
  if (still.some((part) => part.program === 'chromium') && !isDebian) {
    lines.push(
      'SKILLGATE_CHROMIUM=/path/to/chrome npm test    (any Chromium or Chrome; on Ubuntu: sudo snap install chromium)',
    );
  }
  fail(`Missing: ${still.map((part) => `${part.program} (${part.for})`).join(', ')}.`, lines);
}

// Its tests need root, so without root runc is useless here.
function findsRunc() {
  return (
    forDemo ||
    process.getuid?.() !== 0 ||
    ['/usr/sbin/runc', '/usr/bin/runc'].some((path) => existsSync(path))
  );
}

function findsServer(program) {
  return onPath(program) || existsSync(`/usr/sbin/${program}`);
}

function browser() {
  const named = process.env.SKILLGATE_CHROMIUM;
  if (named !== undefined) return existsSync(named) ? named : undefined;
  return ['chromium', 'google-chrome', 'chromium-browser'].find(works);
}

// Ubuntu puts a `chromium-browser` on the path that only says "install the snap".
function works(program) {
  if (!onPath(program)) return false;
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

function onPath(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, program)));
}

function fail(what, lines) {
  process.stderr.write(`${what}\nType:\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
  process.exit(2);
}
