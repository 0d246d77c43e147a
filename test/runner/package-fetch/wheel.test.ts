import { describe, expect, it } from 'vitest';
import { unpackWheel } from '../../../runner/package-fetch/wheel.ts';
import { contentsOf, makeWheel, type WheelParts } from '../package-store/archive-maker.ts';

const wheelName = 'tool-1.0-py3-none-any.whl';
const unpackAll = (archive: string, bytes: Buffer) => contentsOf(unpackWheel(archive, bytes).files);

describe('a wheel', () => {
  it('gives the files of its modules, and says what it leaves out', () => {
    const { files, notes } = unpackWheel(
      wheelName,
      makeWheel({
        files: {
          'tool/__init__.py': 'x = 1\n',
          'tool-1.0.data/purelib/more.py': 'y = 2\n',
          'Tool.egg-info/PKG-INFO': '',
          'tool-1.0.data/platlib/native.so': 'ELF',
          'tool-1.0.data/scripts/tool': '#!python\n',
          'tool-1.0.data/data/etc/tool.conf': '',
          'tool-start.pth': 'import os\n',
          'tool/__pycache__/x.cpython-311.pyc': 'x',
          'tool/old.pyc': 'x',
        },
      }),
    );
    expect(files.map(({ path }) => path)).toEqual([
      'tool/__init__.py',
      'more.py',
      'Tool.egg-info/PKG-INFO',
      'native.so',
      'tool-1.0.dist-info/WHEEL',
      'tool-1.0.dist-info/METADATA',
      'tool-1.0.dist-info/RECORD',
    ]);
    expect(notes).toEqual([
      `${wheelName}: left out scripts for PATH: tool-1.0.data/scripts/tool`,
      `${wheelName}: left out files for folders of the system: tool-1.0.data/data/etc/tool.conf`,
      `${wheelName}: left out path files, which would run code at each start: tool-start.pth`,
      `${wheelName}: left out byte code: tool/__pycache__/x.cpython-311.pyc, tool/old.pyc`,
    ]);
  });

  it('is unpacked soon, although all its files are byte code', () => {
    const names = Array.from({ length: 30_000 }, (_, at) => `tool/x${at}.pyc`);
    const files = Object.fromEntries(names.map((name) => [name, '']));
    const { notes, unused } = unpackWheel(wheelName, makeWheel({ files }));
    expect(unused).toHaveLength(30_000);
    expect(notes).toEqual([expect.stringMatching(/x4\.pyc and 29995 more$/)]);
  });

  const hostile: Record<string, readonly [WheelParts, string]> = {
    'a path that leaves it': [{ files: { '../x.py': '' } }, '"../x.py" leaves the package'],
    'an absolute path': [{ files: { '/etc/x.py': '' } }, '"/etc/x.py" is absolute'],
    'a drive': [{ files: { 'C:x.py': '' } }, '"C:x.py" is absolute'],
    'a backslash': [{ files: { 'a\\..\\x.py': '' } }, '"a\\\\..\\\\x.py" has a backslash'],
    'an empty part': [{ files: { 'a//x.py': '' } }, '"a//x.py" has an empty or "." part'],
    'a deep path': [{ files: { [`${'a/'.repeat(40)}x`]: '' } }, 'is deeper than 32 folders'],
    'two files at one path': [
      {
        files: { 'a.py': '' },
        change: (entries) => [...entries, { name: 'a.py', bytes: 'evil' }],
      },
      '"a.py" and "a.py" are one path',
    ],
    'two paths that differ by case': [
      { files: { 'A.py': '', 'a.py': '' } },
      '"A.py" and "a.py" are one path',
    ],
    'a file where another path needs a folder': [
      { files: { a: '', 'a/b.py': '' } },
      '"a" is a file and a folder',
    ],
    'a file beside the same file of purelib': [
      { files: { 'a.py': '', 'tool-1.0.data/purelib/a.py': 'evil' } },
      '"a.py" and "a.py" are one path',
    ],
    'the plug-ins of another package': [
      { files: { 'tool-1.0.data/purelib/pytest-8.0.dist-info/entry_points.txt': '' } },
      '"pytest-8.0.dist-info/entry_points.txt" says what another package is',
    ],
    'an egg of another package': [
      { files: { 'pytest.egg-info/PKG-INFO': '' } },
      '"pytest.egg-info/PKG-INFO" says what another package is',
    ],
    'a file that RECORD does not list': [
      { files: { 'a.py': 'x' }, record: { 'a.py': null } },
      'RECORD has no SHA-2 hash of "a.py"',
    ],
    'a file with an MD5 hash in RECORD': [
      { files: { 'a.py': 'x' }, record: { 'a.py': 'a.py,md5=aaaa,1' } },
      'RECORD has no SHA-2 hash of "a.py"',
    ],
    'a file with another hash in RECORD': [
      { files: { 'a.py': 'x' }, record: { 'a.py': 'a.py,sha256=aaaa,1' } },
      '"a.py" differs from RECORD',
    ],
    'a line of RECORD without its file': [
      { files: {}, record: { 'b.py': 'b.py,sha256=aaaa,1' } },
      'RECORD lists "b.py", which it does not have',
    ],
    'a file that RECORD lists twice': [
      { files: { 'a.py': 'x' }, record: { 'b.py': 'a.py,sha256=aaaa,1' } },
      'RECORD has a line that is broken or there twice: a.py,sha256=aaaa,1',
    ],
    'the METADATA of another package': [
      { files: {}, metadata: 'Name: other\nVersion: 1.0\n' },
      'its METADATA is of other 1.0',
    ],
    'a METADATA whose first name, in lower case, is of another package': [
      { files: {}, metadata: 'name: other\nName: tool\nVersion: 1.0\n' },
      'its METADATA is of other 1.0',
    ],
    'a METADATA of five million lines': [
      { files: {}, metadata: `Name: tool\nVersion: 1.0\n${'\n'.repeat(5_000_000)}` },
      'tool-1.0.dist-info/METADATA has 5000024 bytes; at most 4194304',
    ],
    'the folder of another package': [
      { name: 'other', files: {} },
      'it has not exactly one .dist-info folder with its own name',
    ],
    'the folder of another version': [
      { version: '2.0', files: {} },
      'its .dist-info folder is of version 2.0',
    ],
  };
  it.each(Object.entries(hostile))('with %s is refused', (_, [parts, why]) => {
    expect(() => unpackAll(wheelName, makeWheel(parts))).toThrow(
      expect.objectContaining({
        code: 'package-unsafe',
        message: expect.stringContaining(`Cannot unpack ${wheelName}: `),
      }),
    );
    expect(() => unpackAll(wheelName, makeWheel(parts))).toThrow(why);
  });
});
