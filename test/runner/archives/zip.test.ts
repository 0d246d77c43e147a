import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listZip, readZip } from '../../../runner/archives/zip.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { contentsOf, makeZip, type ZipEntry } from '../package-store/archive-maker.ts';

const plain: ZipEntry = { name: 'a.py', bytes: 'a = 1\n' };

describe('a strict reader of zip archives', () => {
  it('reads files that are stored, compressed or followed by their sizes', () => {
    const zip = makeZip([
      plain,
      { name: 'b/', bytes: '', mode: 0o040755, stored: true },
      { name: 'b/ü.py', bytes: 'b = 2\n', stored: true, mode: 0o100755 },
      { name: 'c.py', bytes: 'c = 3\n', descriptor: true },
    ]);
    const files = readZip('x.whl', zip);
    expect(contentsOf(files)).toEqual({
      'a.py': 'a = 1\n',
      'b/ü.py': 'b = 2\n',
      'c.py': 'c = 3\n',
    });
    expect(files.map(({ isExecutable }) => isExecutable)).toEqual([false, true, false]);
  });

  it('reads a local header that repeats the sizes in the form of Zip64', () => {
    const entry: ZipEntry = { name: 'a.py', bytes: 'a = 1\n', stored: true };
    const zip = makeZip([{ ...entry, localExtra: zip64Of(6n, 6n) }]);
    expect(contentsOf(readZip('x.whl', zip))).toEqual({ 'a.py': 'a = 1\n' });
  });

  it('lists more than 65,535 files in the form of Zip64, where that form is allowed', () => {
    const entries = Array.from({ length: 70_000 }, (_, at) => ({
      name: `${at}.json`,
      bytes: '{}',
      stored: true,
    }));
    const zip = makeZip(entries, {});
    expect(listZip('all.zip', zip, 70_000)).toHaveLength(70_000);
    expect(() => listZip('all.zip', zip, 69_999)).toThrow('it has 70000 files; at most 69999');
    expect(() => readZip('x.whl', zip)).toThrow('it is a Zip64 archive');
  });

  const zip64 = Buffer.from('01000800aaaaaaaaaaaaaaaa', 'hex');
  const secondName = Buffer.from('75700500016161616162', 'hex').subarray(0, 9);
  const hostile: Record<string, readonly [Buffer, unknown]> = {
    'another name before the file': [
      makeZip([{ ...plain, local: { name: 'b.py' } }]),
      'the directory and the header of "a.py" differ',
    ],
    'another size before the file': [
      makeZip([{ ...plain, local: { size: 7 } }]),
      'the directory and the header of "a.py" differ',
    ],
    'other flags before the file': [
      makeZip([{ ...plain, local: { flags: 0 } }]),
      'the directory and the header of "a.py" differ',
    ],
    'a lie about the checksum': [
      makeZip([{ ...plain, central: { crc: 1 }, descriptor: true }]),
      'the directory and the descriptor of "a.py" differ',
    ],
    'data before the first file': [
      Buffer.concat([Buffer.from('#!/bin/sh\n'), makeZip([plain])]),
      'its directory is not where it says, or data lies before it',
    ],
    'data between files': [
      makeZip([
        { ...plain, gap: Buffer.from('x') },
        { name: 'b', bytes: '' },
      ]),
      '1 bytes before "b" belong to no file',
    ],
    'data before the directory': [
      makeZip([{ ...plain, gap: Buffer.from('xyz') }]),
      '3 bytes before its directory belong to no file',
    ],
    'data behind the end': [
      Buffer.concat([makeZip([plain]), Buffer.from('x')]),
      'it is not a zip archive, or has a comment or data behind its end',
    ],
    'a second archive behind the first': [
      Buffer.concat([makeZip([plain]), makeZip([{ name: 'b.py', bytes: '' }])]),
      'its directory is not where it says, or data lies before it',
    ],
    'one file over another': [
      makeZip([plain, { name: 'b.py', bytes: '', central: { offset: 0 } }]),
      '"b.py" lies over another file',
    ],
    'a size in the form of Zip64': [
      makeZip([{ ...plain, extra: zip64 }]),
      '"a.py" has sizes of Zip64 that differ',
    ],
    'a size in the form of Zip64 before the file that differs': [
      makeZip([{ ...plain, stored: true, localExtra: zip64Of(7n, 6n) }]),
      '"a.py" has sizes of Zip64 that differ',
    ],
    'sizes in the form of Zip64 in the directory': [
      makeZip([{ ...plain, stored: true, extra: zip64Of(6n, 6n) }]),
      '"a.py" has sizes of Zip64 that differ',
    ],
    'a second name': [makeZip([{ ...plain, extra: secondName }]), '"a.py" has a second name'],
    'a broken extra field': [
      makeZip([{ ...plain, extra: Buffer.from('1234ffff', 'hex') }]),
      '"a.py" has a broken extra field',
    ],
    'a link': [makeZip([{ ...plain, mode: 0o120777 }]), '"a.py" is a link'],
    'a device': [makeZip([{ ...plain, mode: 0o020644 }]), '"a.py" is neither a file nor a folder'],
    'a folder that is a file': [
      makeZip([{ name: 'a/', bytes: 'x', mode: 0o040755 }]),
      'the folder "a/" has bytes',
    ],
    'an encrypted file': [makeZip([{ ...plain, flags: 0x801 }]), '"a.py" is encrypted'],
    'unknown flags': [makeZip([{ ...plain, flags: 0x820 }]), '"a.py" has unknown flags'],
    'a name in an unknown encoding': [
      makeZip([{ name: 'ü.py', bytes: '', flags: 0 }]),
      'a name is not ASCII and not marked as UTF-8',
    ],
    'a bomb': [
      makeZip([{ name: 'a', bytes: Buffer.alloc(100 * 1024 * 1024) }]),
      expect.stringMatching(/: "a" unpacks from \d+ to 104857600 bytes$/),
    ],
    nothing: [Buffer.alloc(0), 'it is not a zip archive, or has a comment or data behind its end'],
  };
  it.each(Object.entries(hostile))('refuses %s', (_, [zip, why]) => {
    expect(() => readZip('x.whl', zip)).toThrow(
      expect.objectContaining({
        code: 'package-unsafe',
        message: typeof why === 'string' ? `Cannot unpack x.whl: ${why}` : why,
      }),
    );
  });

  it('refuses a file whose bytes are not those of the directory', () => {
    const wrong = makeZip([{ ...plain, central: { crc: 1 }, local: {} }]);
    expect(() => readZip('x.whl', wrong)).toThrow('differ');
    const [file] = readZip('x.whl', makeZip([{ ...plain, stored: true }]));
    expect(file?.read().toString()).toBe('a = 1\n');
    const changed = makeZip([plain]);
    changed[33] = (changed[33] ?? 0) ^ 0xff;
    expect(() => readZip('x.whl', changed)[0]?.read()).toThrow(Problem);
  });

  it('never reads other bytes than it wrote, whichever byte of the archive is changed', () => {
    const zip = makeZip([plain, { name: 'b.py', bytes: 'b = 2\n', descriptor: true }]);
    const whole = contentsOf(readZip('x.whl', zip));
    fc.assert(
      fc.property(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(zip);
        changed[at] = (changed[at] ?? 0) ^ change;
        try {
          expect(contentsOf(readZip('x.whl', changed))).toEqual(whole);
        } catch (cause) {
          expect(cause).toMatchObject({ code: 'package-unsafe' });
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

function zip64Of(size: bigint, compressed: bigint): Buffer {
  const field = Buffer.from('01001000'.padEnd(40, '0'), 'hex');
  field.writeBigUInt64LE(size, 4);
  field.writeBigUInt64LE(compressed, 12);
  return field;
}
