/** Makes hostile wheels and npm tarballs, and installs them as a naive installer does. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import * as host from '../../../../runner/host/public.ts';
import type { LockedPackage } from '../../../../skills-index/packages/locked-package.ts';
import type { EscapeWorld } from '../world.ts';

export interface HostilePackage {
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

export interface MadePackage {
  readonly locked: LockedPackage;
  /** A folder with the archive, which host policy names as index. */
  readonly index: string;
  readonly archive: string;
}

export function makePackage(
  { folder }: Pick<EscapeWorld, 'folder'>,
  one: HostilePackage,
): MadePackage {
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
export function unpackNaively(world: EscapeWorld, { archive: path }: MadePackage): string {
  const folder = fs.mkdtempSync(join(world.folder, 'naive-site-'));
  execFileSync(python(), ['-c', unpack, path, folder], { stdio: 'pipe' });
  return folder;
}

export function python(): string {
  return host.findProgram('python3') ?? '';
}
