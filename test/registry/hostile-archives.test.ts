import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackTar } from '../../skills-index/skill/authoring/read-tar.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { makeTar, type TarEntry } from './tar-maker.ts';

const skillMd: TarEntry = { path: 'SKILL.md', content: '---\nname: x\ndescription: y\n---\n' };
const megabyte5 = Buffer.alloc(5 * 1024 * 1024);
const pax = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  const length = rest.length + String(rest.length + 2).length;
  return `${length}${rest}`;
};

/**
 * Faults that leave the rest of the archive readable; each is put into an otherwise good upload.
 */
const faults: Readonly<Record<string, readonly [RegExp, ...TarEntry[]]>> = {
  'a path of two dots': [/"\.\.\/x" leaves the skill/, { path: '../x' }],
  'an absolute path by its prefix': [/"\/etc\/y" is absolute/, { path: 'y', prefix: '/etc' }],
  'Unicode tags': [/invisible/, { path: 'a\u{e0041}\u{e0042}' }],
  'a filler of Hangul': [/invisible/, { path: 'a\u3164b' }],
  'an unassigned character': [/has control/, { path: 'a\u0378' }],
  'an overlong slash': [/not UTF-8/, { path: '', rawName: Buffer.from([0x61, 0xc0, 0xaf, 0x62]) }],
  'twins in upper and lower case': [
    /"read.me" and "READ.ME" are the same/,
    { path: 'read.me' },
    { path: 'READ.ME' },
  ],
  'folders that are twins': [
    /folders "Lib" and "lib" are the same|folders "lib" and "Lib" are/,
    { path: 'Lib/a' },
    { path: 'lib/b' },
  ],
  'a name that Windows reserves': [/"NUL" has a name that Windows reserves/, { path: 'NUL' }],
  'a path twice': [
    /"twice" is there twice/,
    { path: 'twice', content: '1' },
    { path: 'twice', content: '2' },
  ],
  'a path twice, once by its prefix': [
    /"g\/h" is there twice/,
    { path: 'g/h' },
    { path: 'h', prefix: 'g' },
  ],
  'a file that is a folder too': [/"k" is a file and a folder/, { path: 'k' }, { path: 'k/l' }],
  'a file whose twin is a folder': [/"M" is a file and a folder/, { path: 'm/n' }, { path: 'M' }],
  'a contiguous file': [/reserved type 7/, { path: 'seven', type: '7' }],
  'a GNU multi-volume part': [/unknown type "M"/, { path: 'volume', type: 'M' }],
  'a GNU dump folder': [/unknown type "D"/, { path: 'dump', type: 'D' }],
  'a GNU long link': [
    /GNU long link/,
    { path: '././@LongLink', type: 'K', content: '/etc/passwd\0' },
  ],
  'a pax size': [
    /pax extended/,
    { path: 'pax2', type: 'x', content: pax('size', '1') },
    { path: 'r', content: 'abc' },
  ],
  'a pax header of Solaris': [
    /unknown type "X"/,
    { path: 'pax6', type: 'X', content: pax('path', 'evil') },
  ],
  'setgid bits': [/"sgid" has setuid, setgid/, { path: 'sgid', mode: 0o2755 }],
  'a sticky bit': [/"sticky" has setuid, setgid or sticky/, { path: 'sticky', mode: 0o1755 }],
  'a time before 1970': [/has a mtime that is not octal/, { path: 'old', mtime: '-0000000001\0' }],
  'an owner that is a word': [/has a uid that is not octal/, { path: 'who', uid: 'root\0\0\0\0' }],
};

/** Archives whose form is wrong: behind the fault nothing is read. */
const forms: Readonly<Record<string, readonly [RegExp, Uint8Array]>> = {
  'a size of spaces': [/no octal size/, makeTar([skillMd, { path: 'a', size: ' '.repeat(12) }])],
  'a size with a digit of another base': [
    /no octal size/,
    makeTar([skillMd, { path: 'a', size: '00000000008\0' }]),
  ],
  'a size with a sign in front': [
    /no octal size/,
    makeTar([skillMd, { path: 'a', size: '+0000000001\0' }]),
  ],
  'a size that swallows the next header': [
    /padding|does not end|cut off|wrong checksum/,
    makeTar([skillMd, { path: 'a', size: 700, content: 'x' }, { path: 'b' }]),
  ],
  'a size that leaves content behind as a header': [
    /wrong checksum/,
    makeTar([skillMd, { path: 'a', size: 0, content: 'x'.repeat(512) }]),
  ],
  'a cut in a file': [
    /cut off/,
    makeTar([skillMd, { path: 'a', content: Buffer.alloc(4_096) }]).subarray(0, 2_560),
  ],
  'another archive behind one empty block': [
    /does not end|behind its end/,
    Buffer.concat([makeTar([skillMd], Buffer.alloc(512)), makeTar([{ path: 'evil' }])]),
  ],
  '20 MB and a byte': [
    /20971521 bytes in all/,
    makeTar([
      { ...skillMd, content: 'x' },
      ...['a', 'b', 'c', 'd'].map((path) => ({ path, content: megabyte5 })),
    ]),
  ],
  'SKILL.md in a folder only': [/has no SKILL\.md/, makeTar([{ path: 'skill/SKILL.md' }])],
};

/** Every message of the refusal. */
function reasonsOf(tar: Uint8Array): readonly string[] {
  try {
    unpackTar(tar);
  } catch (error) {
    if (error instanceof Problem) return error.reasons.map((reason) => reason.message);
    throw error;
  }
  throw new Error('the upload was taken');
}

describe('an upload in hostile hands', () => {
  it.each(Object.entries(faults))('is refused whole with %s', (_, [reason, ...entries]) => {
    expect(reasonsOf(makeTar([skillMd, ...entries, { path: 'zz.md' }])).join('\n')).toMatch(reason);
  });

  it.each(Object.entries(forms))('is refused whole with %s', (_, [reason, tar]) => {
    expect(reasonsOf(tar).join('\n')).toMatch(reason);
  });

  it('is refused with every reason, whichever faults come together, in whatever order', () => {
    const names = Object.keys(faults);
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 2, maxLength: 6 }), (chosen) => {
        const picked = chosen.flatMap((name) => faults[name] ?? []);
        const entries = picked.filter((part): part is TarEntry => !(part instanceof RegExp));
        const told = reasonsOf(makeTar([skillMd, ...entries])).join('\n');
        for (const part of picked) if (part instanceof RegExp) expect(told).toMatch(part);
      }),
      { numRuns: 100 },
    );
  });

  it('is taken when nothing is wrong with it, however near', () => {
    const near: readonly TarEntry[] = [
      { path: '.gitignore' },
      { path: '.gitattributes' },
      { path: '.env.example' },
      { path: 'git' },
      { path: 'console.md' },
      { path: 'com10' },
      { path: 'a..b' },
      { path: '..a' },
      { path: 'a b/c d.md' },
      { path: '1/2/3/4/5/6/7/8' },
      { path: 'x'.repeat(100), prefix: 'y'.repeat(99) },
      { path: 'größe/日本語.md' },
      { path: 'run', mode: 0o777 },
      { path: 'empty', content: '' },
      { path: 'time', mtime: '77777777777\0' },
    ];
    const { bundle } = unpackTar(makeTar([skillMd, ...near]));
    expect(bundle.files).toHaveLength(near.length + 1);
    // Of a mode only one bit is kept.
    expect(bundle.files.find((file) => file.path === 'run')?.mode).toBe('755');
  });

  it('is the same bundle whatever its times, owners, order and other mode bits', () => {
    const honest = unpackTar(makeTar([skillMd, { path: 'a', content: '1', mode: 0o755 }]));
    const played = makeTar([
      { path: 'a', content: '1', mode: 0o711, mtime: '14747474747\0', uid: '0001750\0' },
      { ...skillMd, mode: 0o600, mtime: '00000000001 ' },
    ]);
    expect(unpackTar(played).digest).toBe(honest.digest);
  });
});
