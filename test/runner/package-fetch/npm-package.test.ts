import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTgz } from '../../../runner/archives/tgz.ts';
import { unpackNpm } from '../../../runner/package-fetch/fetch-package.ts';
import {
  contentsOf,
  makeNpm,
  makeTar,
  makeTgz,
  paxRecord,
  type TarEntry,
} from '../package-store/archive-maker.ts';

describe('an npm tarball', () => {
  const tool = { name: 'tool', version: '1.0.0' };
  const unpack = (bytes: Buffer) => unpackNpm('tool-1.0.0.tgz', bytes, tool);

  it('gives the files below its top folder', () => {
    const long = `${'deep/'.repeat(25)}file.js`;
    const { files, notes } = unpack(
      makeNpm(tool, { 'index.js': 'x' }, [
        { name: 'package/lib/', type: '5' },
        { name: 'PaxHeader', type: 'x', bytes: paxRecord('path', `package/${long}`) },
        { name: 'package/short', bytes: 'y' },
        { name: 'package/bin/tool', bytes: '#!', mode: 0o755 },
      ]),
    );
    expect(Object.keys(contentsOf(files))).toEqual(['package.json', 'index.js', long, 'bin/tool']);
    expect(files.map(({ isExecutable }) => isExecutable)).toEqual([false, false, false, true]);
    expect(notes).toEqual([]);
  });

  it('runs no script, and names the scripts that do not run', () => {
    const scripts = { postinstall: 'node evil.js', test: 'x' };
    expect(unpack(makeNpm({ ...tool, scripts })).notes).toEqual([
      'tool-1.0.0.tgz: its install scripts never run: postinstall',
    ]);
    expect(unpack(makeNpm(tool, { 'binding.gyp': '' })).notes).toEqual([
      'tool-1.0.0.tgz: its install scripts never run: node-gyp rebuild',
    ]);
  });

  const withEntry = (...more: TarEntry[]): Buffer => makeNpm(tool, {}, more);
  const hostile: Record<string, readonly [Buffer, string]> = {
    'a path that leaves it': [withEntry({ name: 'package/../../x' }), 'leaves the package'],
    'an absolute path': [withEntry({ name: '/package/x' }), 'is absolute'],
    'a path of a pax header that leaves it': [
      withEntry({ name: 'h', type: 'x', bytes: paxRecord('path', 'package/../x') }, { name: 'y' }),
      'leaves the package',
    ],
    'a package.json of five million bytes': [
      makeNpm({ ...tool, readme: 'x'.repeat(5_000_000) }),
      'its package.json has 5000045 bytes; at most 4194304',
    ],
    'a link': [
      withEntry({ name: 'package/x', type: '2', link: '/etc/passwd' }),
      '"package/x" is a symbolic link',
    ],
    'a hard link': [
      withEntry({ name: 'package/x', type: '1', link: '/etc/passwd' }),
      '"package/x" is a hard link',
    ],
    'a device': [withEntry({ name: 'package/x', type: '3' }), '"package/x" is a character device'],
    'a sparse file': [
      withEntry({ name: 'package/x', type: 'S' }),
      '"package/x" is a GNU sparse file',
    ],
    'a link of a pax header': [
      withEntry({ name: 'h', type: 'x', bytes: paxRecord('linkpath', '/etc') }),
      'a pax header with "/etc", which could change an entry',
    ],
    'a size of a pax header': [
      withEntry({ name: 'h', type: 'x', bytes: paxRecord('size', '9') }),
      'a pax header with "size", which could change an entry',
    ],
    'a path for all entries': [
      withEntry({ name: 'h', type: 'g', bytes: paxRecord('path', 'x') }),
      'a pax header with "x", which could change an entry',
    ],
    'a broken pax header': [
      withEntry({ name: 'h', type: 'x', bytes: '99 path=x\n' }),
      'it has a broken pax header',
    ],
    'a second top folder': [withEntry({ name: 'other/x' }), 'do not lie in one top folder'],
    'two files at one path': [
      withEntry({ name: 'package/package.json' }),
      '"package/package.json" and "package/package.json" are one path',
    ],
    'a wrong checksum': [withEntry({ name: 'package/x', checksum: 1 }), 'has a wrong checksum'],
    'no package.json': [makeTgz([{ name: 'package/x' }]), 'it has no package.json'],
    'a broken package.json': [
      makeTgz([{ name: 'package/package.json', bytes: '{' }]),
      'its package.json cannot be read',
    ],
    'the package.json of another package': [
      makeNpm({ ...tool, name: 'other' }),
      'its package.json is of other 1.0.0',
    ],
    'data behind its gzip part': [
      Buffer.concat([makeNpm(tool), Buffer.alloc(9)]),
      'it has data behind its gzip part',
    ],
    'data behind its end': [
      gzipSync(
        Buffer.concat([makeTar([{ name: 'package/package.json' }]), makeTar([{ name: 'x' }])]),
      ),
      'it has data behind its end',
    ],
    'a bomb': [gzipSync(Buffer.alloc(65 * 1024 * 1024)), 'it unpacks to more than 67108864 bytes'],
    'no gzip file': [Buffer.from('x'), 'it is no gzip file'],
  };
  it.each(Object.entries(hostile))('with %s is refused', (_, [bytes, why]) => {
    expect(() => unpack(bytes)).toThrow(
      expect.objectContaining({ code: 'package-unsafe', message: expect.stringContaining(why) }),
    );
  });

  it('gives back any names and bytes that a tarball may have', () => {
    const part = fc.stringMatching(/^[a-z0-9_@-]{1,20}$/);
    const bytes = fc.uint8Array({ maxLength: 2_000 }).map((list) => Buffer.from(list));
    fc.assert(
      fc.property(fc.dictionary(part, bytes, { maxKeys: 10 }), (files) => {
        const entries = Object.entries(files);
        const tgz = makeTgz(
          entries.map(([name, content]) => ({ name: `package/${name}`, bytes: content })),
        );
        const read = readTgz('x.tgz', tgz).map(({ path, read: bytesOf }) => [path, bytesOf()]);
        expect(read).toEqual(entries.map(([name, content]) => [`package/${name}`, content]));
      }),
      { numRuns: 100 },
    );
  });
});
