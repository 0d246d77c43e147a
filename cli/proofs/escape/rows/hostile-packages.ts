/** Hostile packages that a skill's lock pins, and the skill's own code that uses each. */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { EscapeWorld } from '../world.ts';
import { type HostilePackage, makePackage } from './made-packages.ts';

export interface PackageAttempt {
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

export const packageAttempts: readonly PackageAttempt[] = [
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
