/**
 * `npm run release [-- ARCH]`: makes what people install, in `.cache/release`: the package for npm,
 * one executable file for Linux, and a Debian package. ARCH is x64 (the default) or arm64.
 *
 * The executable is a script in front of an archive of Node, the build and two packages with machine
 * code, which it unpacks once. Node's own format for single executables takes no options, loads no
 * module from a file, and starts itself as every child: the scanner's process and the sandbox's
 * bridge would each need a second way to start.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

const release = '.cache/release';
const arch = process.argv[2] ?? 'x64';
const debianArch = { x64: 'amd64', arm64: 'arm64' }[arch];
if (debianArch === undefined) throw new Error(`no release for ${arch}: x64 or arm64`);
const { version, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
// The time of the commit, so that the same commit makes the same files.
const seconds = run('git', ['log', '-1', '--format=%ct']).trim();

mkdirSync(release, { recursive: true });
// Already built where this file is worked on.
const pack = join(release, run('npm', ['pack', '--silent', '--pack-destination', release]).trim());
const tree = makeTree();
const made = [pack, makeExecutable(), makeDebian()];
const sums = made.map((path) => `${sha256(readFileSync(path))}  ${basename(path)}\n`);
writeFileSync(join(release, `SHA256SUMS-${arch}`), sums.join(''));
console.log(sums.join('').trimEnd());

/** Node and `node_modules`, as every installation has them. */
function makeTree(): string {
  const folder = join(release, `tree-${arch}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  run('npm', [
    ...['install', '--prefix', folder, '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'],
    ...['--os=linux', `--cpu=${arch}`, '--libc=glibc', '--no-save', '--no-package-lock'],
    pack,
    `node-linux-${arch}@${devDependencies.node}`,
  ]);
  const modules = join(folder, 'node_modules');
  const node = join(modules, `node-linux-${arch}`);
  cpSync(join(node, 'bin/node'), join(folder, 'bin/node'));
  cpSync(join(node, 'LICENSE'), join(folder, 'bin/LICENSE'));
  const unused = [
    `node-linux-${arch}`,
    'node-addon-api',
    '.bin',
    '.package-lock.json',
    'better-sqlite3/{deps,src}',
    `better-sqlite3/prebuilds/!(linux-${arch}).node`,
  ];
  for (const path of globSync(unused, { cwd: modules }))
    rmSync(join(modules, path), { recursive: true });
  rmSync(join(folder, 'package.json'));
  return folder;
}

function makeExecutable(): string {
  const path = join(release, `skillgate-${version}-linux-${arch}`);
  const archive = archiveOf(tree);
  const start = readFileSync('.ci/executable.sh', 'utf8')
    .replace('@DIGEST@', sha256(archive).slice(0, 32))
    .replace('@LINES@', (_, _at, text: string) => String(text.split('\n').length));
  writeFileSync(path, Buffer.concat([Buffer.from(start), archive]));
  chmodSync(path, 0o755);
  return path;
}

function makeDebian(): string {
  const path = join(release, `skillgate_${version}_${debianArch}.deb`);
  const root = join(release, `debian-${arch}`);
  rmSync(root, { recursive: true, force: true });
  const copy = (from: string, to: string): void =>
    cpSync(from, join(root, to), { recursive: true, verbatimSymlinks: true });
  copy(tree, 'usr/lib/skillgate');
  copy('.ci/debian/root', '.');
  copy('.ci/debian/control', 'DEBIAN');
  const units = join(root, 'usr/lib/systemd/system');
  mkdirSync(units, { recursive: true });
  for (const unit of globSync('docs/serving/*.{service,timer}'))
    writeFileSync(
      join(units, basename(unit)),
      readFileSync(unit, 'utf8')
        .replaceAll('/usr/local/bin/', '/usr/bin/')
        .replaceAll('/etc/systemd/system/', '/usr/lib/systemd/system/'),
    );
  const doc = join(root, 'usr/share/doc/skillgate');
  writeFileSync(
    join(root, 'DEBIAN/control'),
    readFileSync('.ci/debian/control/control', 'utf8')
      .replace('@VERSION@', version)
      .replace('@ARCH@', debianArch ?? ''),
  );
  const date = run('date', ['-R', '-u', '-d', `@${seconds}`]).trim();
  const news = `skillgate (${version}) unstable; urgency=medium\n\n  * See /usr/lib/skillgate/node_modules/skillgate/README.md.\n\n -- Skillgate <skillgate@skillgate.invalid>  ${date}\n`;
  writeFileSync(join(doc, 'changelog'), news);
  run('gzip', ['-9n', join(doc, 'changelog')]);
  run('gzip', ['-9n', ...globSync(join(root, 'usr/share/man/man1/*.1'))]);
  run('chmod', ['-R', 'u=rwX,go=rX', root]);
  run('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', root, path], {
    SOURCE_DATE_EPOCH: seconds,
  });
  return path;
}

function archiveOf(folder: string): Buffer {
  const options = [
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    `--mtime=@${seconds}`,
  ];
  return execFileSync(
    'sh',
    ['-c', 'tar "$@" | gzip -9n', 'sh', ...options, '-cf', '-', '-C', folder, '.'],
    {
      maxBuffer: 1 << 30,
    },
  );
}

function run(program: string, args: readonly string[], env: Record<string, string> = {}): string {
  return execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
