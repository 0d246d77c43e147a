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
  'two dots in the middle': [/"a\/\.\.\/\.\.\/x" leaves the skill/, { path: 'a/../../x' }],
  'two dots at the end': [/"a\/\.\." leaves the skill/, { path: 'a/..' }],
  'an absolute path': [/"\/etc\/x" is absolute/, { path: '/etc/x' }],
  'an absolute path by its prefix': [/"\/etc\/y" is absolute/, { path: 'y', prefix: '/etc' }],
  'a drive': [/"C:\/x" is absolute/, { path: 'C:/x' }],
  'a share of Windows': [/has a backslash/, { path: '\\\\host\\share\\x' }],
  'a backslash': [/"a\\\\b" has a backslash/, { path: 'a\\b' }],
  'a NUL inside its name': [
    /bytes behind its end/,
    { path: '', rawName: Buffer.from('ok.md\0.sh') },
  ],
  'a line feed': [/has control/, { path: 'a\nb' }],
  'an escape of terminals': [/has control/, { path: 'a\u001b[2Jb' }],
  'a name that turns the reading direction': [/direction-changing/, { path: 'a\u202egpj.sh' }],
  'an isolate of directions': [/direction-changing/, { path: 'a\u2066b' }],
  'Unicode tags': [/invisible/, { path: 'a\u{e0041}\u{e0042}' }],
  'a space of no width': [/invisible/, { path: 'a\u200bb' }],
  'a filler of Hangul': [/invisible/, { path: 'a\u3164b' }],
  'a joiner of graphemes': [/invisible/, { path: 'a\u034fb' }],
  'a variation selector': [/invisible/, { path: 'a\ufe0f' }],
  'an unassigned character': [/has control/, { path: 'a\u0378' }],
  'half a character of UTF-8': [/not UTF-8/, { path: '', rawName: Buffer.from([0x61, 0xc3]) }],
  'half a surrogate pair in UTF-8': [
    /not UTF-8/,
    { path: '', rawName: Buffer.from([0xed, 0xa0, 0x80]) },
  ],
  'an overlong slash': [/not UTF-8/, { path: '', rawName: Buffer.from([0x61, 0xc0, 0xaf, 0x62]) }],
  'a name in NFD': [/NFC/, { path: 'cafe\u0301.md' }],
  'twins in NFC and NFD': [
    /"café" and "cafe\u0301" are the same/,
    { path: 'caf\u00e9' },
    { path: 'cafe\u0301' },
  ],
  'twins in upper and lower case': [
    /"read.me" and "READ.ME" are the same/,
    { path: 'read.me' },
    { path: 'READ.ME' },
  ],
  'twins by ß and SS': [
    /"straße" and "STRASSE" are the same/,
    { path: 'straße' },
    { path: 'STRASSE' },
  ],
  'twins by ẞ and ss': [/"Maẞ" and "mass" are the same/, { path: 'Maẞ' }, { path: 'mass' }],
  'twins by the Turkish İ': [/"tİp" and "tip" are the same/, { path: 'tİp' }, { path: 'tip' }],
  'twins by the Turkish ı': [/"sık" and "SIK" are the same/, { path: 'sık' }, { path: 'SIK' }],
  'twins by the Kelvin sign': [
    /"2\u212a" and "2k" are the same/,
    { path: '2\u212a' },
    { path: '2k' },
  ],
  'twins by the long s': [/"ſet" and "set" are the same/, { path: 'ſet' }, { path: 'set' }],
  'twins by a ligature': [/"ﬁt" and "fit" are the same/, { path: 'ﬁt' }, { path: 'fit' }],
  'twins by full width': [/"ｗide" and "wide" are the same/, { path: 'ｗide' }, { path: 'wide' }],
  'twins by the last sigma': [/"ΣΑΣ" and "σας" are the same/, { path: 'ΣΑΣ' }, { path: 'σας' }],
  'folders that are twins': [
    /folders "Lib" and "lib" are the same|folders "lib" and "Lib" are/,
    { path: 'Lib/a' },
    { path: 'lib/b' },
  ],
  'a second SKILL.md in lower case': [
    /"SKILL.md" and "skill.md" are the same/,
    { path: 'skill.md' },
  ],
  'a dot at the end': [/ends with a dot or a space/, { path: 'a.md.' }],
  'a space at the end': [/ends with a dot or a space/, { path: 'a.md ' }],
  'a folder with a space at its end': [/ends with a dot or a space/, { path: 'b /a.md' }],
  'three dots': [/ends with a dot or a space/, { path: 'c/.../d' }],
  'a name that Windows reserves': [/"NUL" has a name that Windows reserves/, { path: 'NUL' }],
  'a reserved name with an extension': [/"con.tar.gz" has a name/, { path: 'con.tar.gz' }],
  'a reserved name with spaces before its extension': [
    /"aux {2}.md" has a name/,
    { path: 'aux  .md' },
  ],
  'a reserved name of a port': [/"COM1.txt" has a name/, { path: 'COM1.txt' }],
  'a reserved port with a raised digit': [/"lpt²" has a name/, { path: 'lpt²' }],
  'a reserved folder': [/"PRN\/a" has a name/, { path: 'PRN/a' }],
  'the console’s input': [/"CONIN\$" has a name/, { path: 'CONIN$' }],
  'an alternate stream': [/Windows refuses/, { path: 'a.md:evil' }],
  'a wildcard': [/Windows refuses/, { path: 'a*' }],
  'git’s folder': [/"\.git\/config" belongs to git/, { path: '.git/config' }],
  'git’s folder in capitals': [/"\.GIT\/hooks\/x" belongs to git/, { path: '.GIT/hooks/x' }],
  'git’s folder as a file': [/"s\/\.git" belongs to git/, { path: 's/.git' }],
  'git’s folder as a stream of NTFS': [
    /Windows refuses/,
    { path: '.git::$INDEX_ALLOCATION/config' },
  ],
  'git’s folder by its short name': [/"git~1\/config" belongs to git/, { path: 'git~1/config' }],
  'git’s folder by another short name': [/"GIT~2" belongs to git/, { path: 'GIT~2' }],
  'git’s folder with the Turkish ı': [/"\.gıt\/x" belongs to git/, { path: '.gıt/x' }],
  'git’s folder in full width': [/belongs to git/, { path: '．ｇｉｔ/x' }],
  'git’s folder with a dot at its end': [/ends with a dot/, { path: '.git./x' }],
  'git’s folder with an invisible joiner': [/invisible/, { path: '.g\u200cit/x' }],
  'an environment file': [/"\.env" is an environment file/, { path: '.env' }],
  'an environment file below a folder': [
    /"e\/\.ENV\.production" is an environment file/,
    { path: 'e/.ENV.production' },
  ],
  'an option': [/begins with "-"/, { path: '-rf' }],
  'a folder that is an option': [/begins with "-"/, { path: '--help/a' }],
  'an empty path': [/"" is empty/, { path: '' }],
  'a path of one dot': [/"\." has an empty or "\." part/, { path: '.' }],
  'a path from here': [/"\.\/a" has an empty or "\." part/, { path: './a' }],
  'two slashes': [/"d\/\/a" has an empty or "\." part/, { path: 'd//a' }],
  'a slash at the end': [/"f\/" has an empty or "\." part/, { path: 'f/' }],
  'seventeen folders': [/deeper than 16/, { path: '1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17' }],
  'a path of 201 bytes': [
    /longer than 200 bytes/,
    { path: 'x'.repeat(100), prefix: 'y'.repeat(100) },
  ],
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
  'a folder and a file of one name': [/is a folder entry/, { path: 'o', type: '5' }, { path: 'o' }],
  'a symbolic link': [
    /"link" is a symbolic link/,
    { path: 'link', type: '2', link: '/etc/passwd' },
  ],
  'a symbolic link and a file below it': [
    /is a symbolic link/,
    { path: 'p', type: '2', link: '/etc' },
    { path: 'p/passwd' },
  ],
  'a hard link': [/"hard" is a hard link/, { path: 'hard', type: '1', link: 'SKILL.md' }],
  'a named pipe': [/is a named pipe/, { path: 'pipe', type: '6' }],
  'a character device': [
    /is a character device/,
    { path: 'null', type: '3', devmajor: '0000001\0' },
  ],
  'a block device': [/is a block device/, { path: 'disk', type: '4', devmajor: '0000010\0' }],
  'a contiguous file': [/reserved type 7/, { path: 'seven', type: '7' }],
  'a GNU sparse file': [/GNU sparse/, { path: 'sparse', type: 'S' }],
  'a GNU multi-volume part': [/unknown type "M"/, { path: 'volume', type: 'M' }],
  'a GNU dump folder': [/unknown type "D"/, { path: 'dump', type: 'D' }],
  'a GNU long name': [
    /GNU long name/,
    { path: '././@LongLink', type: 'L', content: '../../evil\0' },
  ],
  'a GNU long link': [
    /GNU long link/,
    { path: '././@LongLink', type: 'K', content: '/etc/passwd\0' },
  ],
  'a pax path': [
    /pax extended/,
    { path: 'pax', type: 'x', content: pax('path', '../../evil') },
    { path: 'q' },
  ],
  'a pax size': [
    /pax extended/,
    { path: 'pax2', type: 'x', content: pax('size', '1') },
    { path: 'r', content: 'abc' },
  ],
  'a pax link': [
    /pax extended/,
    { path: 'pax3', type: 'x', content: pax('linkpath', '/etc/passwd') },
  ],
  'a global pax header': [/pax global/, { path: 'pax4', type: 'g', content: pax('path', 'evil') }],
  'a sparse pax header': [
    /pax extended/,
    { path: 'pax5', type: 'x', content: pax('GNU.sparse.major', '1') },
  ],
  'a pax header of Solaris': [
    /unknown type "X"/,
    { path: 'pax6', type: 'X', content: pax('path', 'evil') },
  ],
  'setuid bits': [/"suid" has setuid/, { path: 'suid', mode: 0o4755 }],
  'setgid bits': [/"sgid" has setuid, setgid/, { path: 'sgid', mode: 0o2755 }],
  'a sticky bit': [/"sticky" has setuid, setgid or sticky/, { path: 'sticky', mode: 0o1755 }],
  'a mode in base 256': [/has no octal mode/, { path: 'base', modeText: '\x80\0\0\0\0\0\x01\xed' }],
  'a mode that names a kind of file': [
    /beyond permission bits/,
    { path: 'kind', modeText: '0120777\0' },
  ],
  'a time before 1970': [/has a mtime that is not octal/, { path: 'old', mtime: '-0000000001\0' }],
  'a time in base 256': [
    /has a mtime that is not octal/,
    { path: 'far', mtime: '\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff' },
  ],
  'an owner that is a word': [/has a uid that is not octal/, { path: 'who', uid: 'root\0\0\0\0' }],
  '5 MB and a byte': [
    /has 5242881 bytes; at most/,
    { path: 'big', content: Buffer.alloc(megabyte5.length + 1) },
  ],
};

/** Archives whose form is wrong: behind the fault nothing is read. */
const forms: Readonly<Record<string, readonly [RegExp, Uint8Array]>> = {
  'a size in base 256': [
    /no octal size/,
    makeTar([skillMd, { path: 'a', size: '\x80\0\0\0\0\0\0\0\0\0\0\x01' }]),
  ],
  'a negative size in base 256': [
    /no octal size/,
    makeTar([skillMd, { path: 'a', size: '\xff'.repeat(12) }]),
  ],
  'a negative size': [/no octal size/, makeTar([skillMd, { path: 'a', size: '-0000000001\0' }])],
  'a size of spaces': [/no octal size/, makeTar([skillMd, { path: 'a', size: ' '.repeat(12) }])],
  'a size with a digit of another base': [
    /no octal size/,
    makeTar([skillMd, { path: 'a', size: '00000000008\0' }]),
  ],
  'a size with a sign in front': [
    /no octal size/,
    makeTar([skillMd, { path: 'a', size: '+0000000001\0' }]),
  ],
  'a size that is too great': [/cut off/, makeTar([skillMd, { path: 'a', size: 0o77777777777 }])],
  'a size that swallows the next header': [
    /padding|does not end|cut off|wrong checksum/,
    makeTar([skillMd, { path: 'a', size: 700, content: 'x' }, { path: 'b' }]),
  ],
  'a size that leaves content behind as a header': [
    /wrong checksum/,
    makeTar([skillMd, { path: 'a', size: 0, content: 'x'.repeat(512) }]),
  ],
  'a wrong checksum': [/wrong checksum/, makeTar([skillMd, { path: 'a', checksumOff: 1 }])],
  'no end': [/does not end/, makeTar([skillMd], Buffer.alloc(0))],
  'half an end': [/does not end/, makeTar([skillMd], Buffer.alloc(512))],
  'a cut in a file': [
    /cut off/,
    makeTar([skillMd, { path: 'a', content: Buffer.alloc(4_096) }]).subarray(0, 2_560),
  ],
  'a cut in a block': [/no multiple/, makeTar([skillMd]).subarray(0, 1_300)],
  'bytes behind its end': [
    /data behind its end/,
    makeTar([skillMd], Buffer.concat([Buffer.alloc(1_024), Buffer.alloc(512, 1)])),
  ],
  'another archive behind it': [
    /data behind its end/,
    Buffer.concat([makeTar([skillMd]), makeTar([{ path: 'evil' }])]),
  ],
  'another archive behind one empty block': [
    /does not end|behind its end/,
    Buffer.concat([makeTar([skillMd], Buffer.alloc(512)), makeTar([{ path: 'evil' }])]),
  ],
  '1,001 files': [
    /more than 1000 entries/,
    makeTar([skillMd, ...Array.from({ length: 1_000 }, (_, at) => ({ path: `f${at}` }))]),
  ],
  '20 MB and a byte': [
    /20971521 bytes in all/,
    makeTar([
      { ...skillMd, content: 'x' },
      ...['a', 'b', 'c', 'd'].map((path) => ({ path, content: megabyte5 })),
    ]),
  ],
  'no SKILL.md': [/has no SKILL\.md/, makeTar([{ path: 'a' }])],
  'SKILL.md in a folder only': [/has no SKILL\.md/, makeTar([{ path: 'skill/SKILL.md' }])],
  'gzip around it': [
    /wrong checksum/,
    Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(1_020)]),
  ],
  'a zip': [
    /wrong checksum/,
    Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(1_020, 1)]),
  ],
  'GNU’s own form': [/GNU tar/, makeTar([skillMd, { path: 'a', magic: 'ustar  \0' }])],
  nothing: [/does not end/, Buffer.alloc(0)],
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
  it('is one of at least forty kinds', () => {
    expect(Object.keys(faults).length + Object.keys(forms).length).toBeGreaterThanOrEqual(40);
  });

  it.each(Object.entries(faults))('is refused whole with %s', (_, [reason, ...entries]) => {
    expect(reasonsOf(makeTar([skillMd, ...entries, { path: 'zz.md' }])).join('\n')).toMatch(reason);
  });

  it.each(Object.entries(forms))('is refused whole with %s', (_, [reason, tar]) => {
    expect(reasonsOf(tar).join('\n')).toMatch(reason);
  });

  it('is refused with every reason, whichever faults come together, in whatever order', () => {
    const names = Object.keys(faults).filter((name) => name !== '5 MB and a byte');
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 2, maxLength: 6 }), (chosen) => {
        const picked = chosen.flatMap((name) => faults[name] ?? []);
        const entries = picked.filter((part): part is TarEntry => !(part instanceof RegExp));
        const told = reasonsOf(makeTar([skillMd, ...entries])).join('\n');
        for (const part of picked) if (part instanceof RegExp) expect(told).toMatch(part);
      }),
      { numRuns: 300 },
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
