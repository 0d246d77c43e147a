/**
 * Tries the hostile packages. The runner fetches, stores and mounts each package. The bare twin
 * unpacks the package into a folder in which Python and Node look for packages.
 */

import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../../../runner/host/host.ts';
import { readyPackages } from '../../../../runner/package-store/ready-packages.ts';
import type { Sandbox } from '../../../../runner/sandbox/sandbox.ts';
import type { LockedPackage } from '../../../../skills-index/packages/locked-package.ts';
import { lockedEntries } from '../../../../skills-index/packages/require-locked.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { isReceived, type Outcome, type RunnerAttempt } from '../row.ts';
import type { EscapeWorld } from '../world.ts';
import { runOnce } from './ownership.ts';

// Makes hostile wheels and npm tarballs, and installs them as a naive installer does.

interface HostilePackage {
  readonly ecosystem: 'python' | 'npm';
  /**
   * Files by path. A path that ends with `.pyc` gets byte code of its text; the path may have the
   * word TAG for the interpreter's name of its byte code.
   */
  readonly files: Readonly<Record<string, string>>;
  /** Links by path. */
  readonly links?: Readonly<Record<string, string>>;
  /** Scripts of package.json, which every npm package gets. */
  readonly scripts?: Readonly<Record<string, string>>;
}

const archive = `import base64, hashlib, importlib._bootstrap_external as external, importlib.util, io, json, sys, tarfile, zipfile
one, path = json.load(sys.stdin), sys.argv[1]
files = {}
if one['ecosystem'] == 'npm':
    files['package.json'] = json.dumps({'name': 'own', 'version': '1.0.0', 'scripts': one.get('scripts', {})}).encode()
for name, text in one['files'].items():
    name, data = name.replace('TAG', sys.implementation.cache_tag), text.encode()
    if name.endswith('.pyc'):
        data = bytes(external._code_to_hash_pyc(compile(text, name, 'exec'), importlib.util.source_hash(b''), False))
    files[name] = data
if one['ecosystem'] == 'python':
    info = 'own-1.0.dist-info/'
    files[info + 'WHEEL'] = b'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'
    files[info + 'METADATA'] = b'Metadata-Version: 2.1\\nName: own\\nVersion: 1.0\\n\\n'
    hashed = lambda data: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()
    lines = ['%s,sha256=%s,%d' % (name, hashed(data), len(data)) for name, data in files.items()]
    files[info + 'RECORD'] = ('\\n'.join(lines + [info + 'RECORD,,']) + '\\n').encode()
    with zipfile.ZipFile(path, 'w') as z:
        for name, data in files.items(): z.writestr(name, data)
else:
    with tarfile.open(path, 'w:gz') as t:
        for name, data in files.items():
            head = tarfile.TarInfo('package/' + name); head.size = len(data); t.addfile(head, io.BytesIO(data))
        for name, to in one.get('links', {}).items():
            head = tarfile.TarInfo('package/' + name); head.type = tarfile.SYMTYPE; head.linkname = to; t.addfile(head)
`;

const unpack = `import os, sys, tarfile, zipfile
path, folder = sys.argv[1:3]
if path.endswith('.tgz'): tarfile.open(path).extractall(folder)
else:
    z = zipfile.ZipFile(path)
    for name in z.namelist():
        at = os.path.join(folder, name); os.makedirs(os.path.dirname(at), exist_ok=True); open(at, 'wb').write(z.read(name))
`;

const fileNames = { python: 'own-1.0-py3-none-any.whl', npm: 'own-1.0.0.tgz' } as const;

interface MadePackage {
  readonly locked: LockedPackage;
  /** A folder with the archive, which host policy names as index. */
  readonly index: string;
  readonly archive: string;
}

function makePackage({ folder }: Pick<EscapeWorld, 'folder'>, one: HostilePackage): MadePackage {
  const index = fs.mkdtempSync(join(folder, 'index-'));
  const name = fileNames[one.ecosystem];
  const path = join(index, name);
  execFileSync(python(), ['-c', archive, path], { input: JSON.stringify(one) });
  const bytes = fs.readFileSync(path);
  const hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
  const files = [{ name, hash, size: bytes.length }];
  const locked: LockedPackage =
    one.ecosystem === 'python'
      ? { ecosystem: 'python', name: 'own', version: '1.0', files }
      : { ecosystem: 'npm', name: 'own', version: '1.0.0', places: ['node_modules/own'], files };
  return { locked, index, archive: path };
}

/** Unpacks an archive as it is. @returns the folder of its files */
function unpackNaively(world: EscapeWorld, { archive: path }: MadePackage): string {
  const folder = fs.mkdtempSync(join(world.folder, 'naive-site-'));
  execFileSync(python(), ['-c', unpack, path, folder], { stdio: 'pipe' });
  return folder;
}

function python(): string {
  return findProgram('python3') ?? '';
}

// Hostile packages that a skill's lock pins, and the skill's own code that uses each.

interface PackageAttempt {
  readonly name: string;
  readonly wants: string;
  readonly package: (world: EscapeWorld) => HostilePackage;
  /** The skill's own code, in Python or JavaScript. It prints `tried` at its end. */
  readonly code: string;
  /** Happens after the package was locked, and again after it was stored. */
  readonly meanwhile?: (paths: { readonly archive?: string; readonly stored?: string }) => void;
}

const printed = `print('through')\n`;
const everyStart = 'code in each start of Python';
const inPython = (files: Record<string, string>) => (): HostilePackage => ({
  ecosystem: 'python',
  files,
});
const onlyOwn = `import own\nprint('tried')`;

const packageAttempts: readonly PackageAttempt[] = [
  {
    name: 'start code by a path file (.pth) of a package',
    wants: everyStart,
    package: inPython({ 'own.py': '', 'own.pth': `import sys; sys.stdout.write('through\\n')\n` }),
    code: `print('tried')`,
  },
  {
    name: 'start code by a sitecustomize of a package',
    wants: everyStart,
    package: inPython({ 'own.py': '', 'sitecustomize.py': printed }),
    code: `print('tried')`,
  },
  {
    name: 'replace a module of the standard library by a package',
    wants: 'its own code in the place of Python’s',
    package: inPython({ 'own.py': '', 'colorsys.py': printed }),
    code: `import colorsys\nprint('tried')`,
  },
  {
    name: 'bring byte code that differs from its source',
    wants: 'code that no scanner saw',
    package: inPython({ 'own.py': '', '__pycache__/own.TAG.pyc': printed }),
    code: onlyOwn,
  },
  {
    name: 'put a program of a package before the system’s',
    wants: 'its own program under a name that others start',
    package: inPython({
      'own.py': '',
      'own-1.0.data/scripts/awk': '#!/bin/sh\necho through\n',
    }),
    code: `import glob, os, subprocess, sys
for f in sys.path + os.environ['PATH'].split(':'):
    for p in glob.glob(f + '/*.data/scripts'):
        try: os.chmod(p + '/awk', 0o755)
        except OSError: pass
        os.environ['PATH'] = p + ':' + os.environ['PATH']
subprocess.run(['awk', 'BEGIN { print "tried" }'])
print('tried')`,
  },
  {
    name: 'change a stored package from a run',
    wants: 'its own code in the next run of every skill with the package',
    package: inPython({ 'own.py': '' }),
    code: `import os, own
path = own.__file__
for act in (lambda: open(path, 'a').write('#'), lambda: os.chmod(path, 0o777), lambda: os.remove(path),
            lambda: open(os.path.dirname(path) + '/new.py', 'w'), lambda: os.rename(path, path + '.old')):
    try: act(); print('through')
    except OSError as e: print(e)
print('tried')`,
  },
  {
    name: 'reach a service of the host by machine code of a package',
    wants: 'a service on the host’s loopback',
    package: ({ folder, port, word }) => ({
      ecosystem: 'python',
      files: {
        'own.py': `import ctypes, os, struct, time
libc = ctypes.CDLL(None, use_errno=True)
def send(family, address):
    s = libc.socket(family, 1, 0); code = libc.connect(s, address, len(address)); print(s, code, os.strerror(ctypes.get_errno()))
    libc.send(s, b'${word}-package', ${word.length + 8}, 0x4000); time.sleep(0.1)
send(2, struct.pack('=H', 2) + struct.pack('>H', ${port}) + bytes([127, 0, 0, 1]) + bytes(8))
send(1, struct.pack('=H', 1) + b'${folder}/docker.sock\\0')
`,
      },
    }),
    code: onlyOwn,
  },
  {
    name: 'run a script at the installation by npm',
    wants: 'a command on the machine that installs a skill',
    package: ({ folder }) => ({
      ecosystem: 'npm',
      files: {},
      scripts: { preinstall: `touch ${folder}/home/ran`, install: `touch ${folder}/home/ran` },
    }),
    code: `console.log('tried')`,
  },
  {
    name: 'write beside the store by a path with dots',
    wants: 'a file of the host',
    package: ({ folder }) => ({
      ecosystem: 'python',
      files: { 'own.py': '', [`${'../'.repeat(20)}${folder.slice(1)}/home/ran`]: '' },
    }),
    code: onlyOwn,
  },
  {
    name: 'lead out of the store by a link in a package',
    wants: 'a file of the host',
    package: ({ folder }) => ({
      ecosystem: 'npm',
      files: {},
      links: { out: `${folder}/home` },
    }),
    code: `const fs = require('node:fs');
for (const f of module.paths) try { if (fs.readdirSync(f + '/own/out').length > 0) console.log('through'); } catch {}
console.log('tried');`,
  },
  {
    name: 'offer other bytes than the lock names',
    wants: 'code that nobody approved',
    package: inPython({ 'own.py': '' }),
    code: onlyOwn,
    meanwhile: ({ archive }) => {
      if (archive !== undefined) fs.writeFileSync(archive, hostileArchive(archive));
    },
  },
  {
    name: 'change a stored package between installation and start',
    wants: 'code that nobody approved',
    package: inPython({ 'own.py': '' }),
    code: onlyOwn,
    meanwhile: ({ stored }) => {
      if (stored === undefined) return;
      const file = join(stored, 'own.py');
      const { atime, mtime } = fs.statSync(file);
      fs.chmodSync(file, 0o644);
      fs.writeFileSync(file, printed);
      fs.chmodSync(file, 0o444);
      fs.utimesSync(file, atime, mtime);
    },
  },
];

// The same package with another module.
function hostileArchive(archive: string): Buffer {
  const folder = dirname(archive);
  const one: HostilePackage = { ecosystem: 'python', files: { 'own.py': printed } };
  return fs.readFileSync(makePackage({ folder }, one).archive);
}

function hasWorked(world: EscapeWorld, text: string): boolean {
  return (
    /^through$/m.test(text) ||
    fs.existsSync(join(world.folder, 'home/ran')) ||
    isReceived({ output: text, token: `${world.word}-package`, world })
  );
}

async function worksNaively(world: EscapeWorld, attempt: PackageAttempt): Promise<boolean> {
  const one = attempt.package(world);
  const made = makePackage(world, one);
  attempt.meanwhile?.(made);
  const site = unpackNaively(world, made);
  attempt.meanwhile?.({ stored: site });
  const env = { PATH: '/usr/bin:/bin', PYTHONPATH: site };
  // The listeners of the world are in this process, so it must not wait for the program.
  const run = async (program: string, args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(program, args, { env, timeout: 10_000 })).stdout;
  if (one.ecosystem === 'python') {
    const code = `import site\nsite.addsitedir('${site}')\n${attempt.code}`;
    return hasWorked(world, await run(python(), ['-c', code]));
  }
  const above = join(site, 'node_modules');
  fs.mkdirSync(above);
  fs.renameSync(join(site, 'package'), join(above, 'own'));
  for (const script of Object.values(one.scripts ?? {})) await run('/bin/sh', ['-c', script]);
  const start = join(site, 'start.cjs');
  fs.writeFileSync(start, attempt.code);
  return hasWorked(world, await run(process.execPath, [start]));
}

async function tryPackage(
  world: EscapeWorld,
  sandbox: Sandbox,
  attempt: PackageAttempt,
): Promise<Outcome> {
  const made = makePackage(world, attempt.package(world));
  attempt.meanwhile?.(made);
  const why = await store(world, sandbox, made).catch((cause: unknown) => {
    if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
    return `${cause.code}: ${cause.message}`;
  });
  if (why !== undefined)
    return { result: hasWorked(world, '') ? 'through' : 'blocked', detail: why };
  attempt.meanwhile?.({ stored: storedTree(world) });
  const { ecosystem } = made.locked;
  const skill = {
    files: { [ecosystem === 'python' ? 'probe.py' : 'probe.cjs']: attempt.code },
    packages: {
      [ecosystem]: {
        requires: ['own'],
        why: 'escape suite',
        lock: ecosystem === 'python' ? 'pylock.toml' : 'package-lock.json',
        locked: lockedEntries([made.locked]),
      },
    },
  };
  const { printed: text, problem } = await runOnce(world, sandbox, () => skill);
  const detail = (problem ?? text).trim();
  if (hasWorked(world, text)) return { result: 'through', detail };
  if (problem?.startsWith('packages-') === true) return { result: 'blocked', detail };
  return { result: text.includes('tried') ? 'blocked' : 'untested', detail };
}

/** Installs the package. @throws Problem where the runner refuses the package */
async function store(
  world: EscapeWorld,
  sandbox: Sandbox,
  { index, locked }: MadePackage,
): Promise<undefined> {
  const url = `file://${index}`;
  await readyPackages({
    data: world.paths.data,
    packages: [locked],
    hostPolicy: { indexes: { python: { url }, npm: { url } } },
    network: { fetch },
    sandbox: () => sandbox,
  });
}

function storedTree({ paths }: EscapeWorld): string {
  const sets = join(paths.data, 'packages', 'sets');
  return join(sets, fs.readdirSync(sets)[0] ?? '', 'tree');
}

export const packageRows: readonly RunnerAttempt[] = packageAttempts.map((attempt) => ({
  name: attempt.name,
  wants: attempt.wants,
  bare: (world) => worksNaively(world, attempt),
  attempt: (world, sandbox) => tryPackage(world, sandbox, attempt),
}));
