import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackTar } from '../../../skills-index/skill/authoring/read-tar.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { makeTar, type TarEntry } from '../../registry/tar-maker.ts';

const skillMd: TarEntry = { path: 'SKILL.md', content: '---\nname: x\ndescription: y\n---\n' };
const withSkillMd = (...entries: TarEntry[]): Buffer => makeTar([skillMd, ...entries]);

/** Every message of the refusal, in one text. */
function refusalOf(tar: Uint8Array): string {
  try {
    unpackTar(tar);
  } catch (error) {
    if (error instanceof Problem)
      return [error.code, error.message, ...error.reasons.map((reason) => reason.message)].join(
        '\n',
      );
    throw error;
  }
  return 'taken';
}

describe('an upload', () => {
  it('is taken when it is plain ustar of regular files', () => {
    const packed = unpackTar(withSkillMd({ path: 'scripts/run.sh', content: 'echo', mode: 0o755 }));
    expect(packed.bundle.files.map(({ path, mode }) => [path, mode])).toEqual([
      ['SKILL.md', '644'],
      ['scripts/run.sh', '755'],
    ]);
    expect([...packed.contents.values()].map((bytes) => Buffer.from(bytes).toString())).toContain(
      'echo',
    );
  });

  it('may carry a long path in the prefix field', () => {
    const packed = unpackTar(withSkillMd({ path: 'c.md', prefix: 'a/b', content: 'x' }));
    expect(packed.bundle.files.map((file) => file.path)).toContain('a/b/c.md');
  });

  const hostile: readonly (readonly [string, Uint8Array, RegExp])[] = [
    [
      'a symbolic link',
      withSkillMd({ path: 'a', type: '2', link: '/etc/passwd' }),
      /symbolic link/,
    ],
    ['a hard link', withSkillMd({ path: 'a', type: '1', link: 'SKILL.md' }), /hard link/],
    ['a named pipe', withSkillMd({ path: 'a', type: '6' }), /named pipe/],
    ['a folder entry', withSkillMd({ path: 'a/', type: '5' }), /folder entry/],
    [
      'a pax extended header',
      withSkillMd({ path: 'a', type: 'x', content: '20 path=../../etc/x\n' }),
      /pax extended/,
    ],
    [
      'a GNU long name',
      withSkillMd({ path: '././@LongLink', type: 'L', content: 'x'.repeat(200) }),
      /GNU long name/,
    ],
    ['an old entry without type', withSkillMd({ path: 'a', type: '\0' }), /old kind/],
    ['the magic of GNU tar', withSkillMd({ path: 'a', magic: 'ustar  \0' }), /GNU tar/],
    ['a path that leaves the skill', withSkillMd({ path: '../x' }), /leaves the skill/],
    [
      'a path that leaves it by its prefix',
      withSkillMd({ path: 'x', prefix: '..' }),
      /leaves the skill/,
    ],
    ['setuid bits', withSkillMd({ path: 'a', mode: 0o4755 }), /setuid/],
    [
      'a mode that is no number',
      withSkillMd({ path: 'a', modeText: 'rwxr-xr\0' }),
      /no octal mode/,
    ],
    [
      'a mode beyond permissions',
      withSkillMd({ path: 'a', modeText: '0100644\0' }),
      /beyond permission bits/,
    ],
    [
      'an owner that is no number',
      withSkillMd({ path: 'a', uid: 'rootroot' }),
      /a uid that is not/,
    ],
    ['a wrong checksum', withSkillMd({ path: 'a', checksumOff: 1 }), /wrong checksum/],
    ['a negative size', withSkillMd({ path: 'a', size: '-0000000001\0' }), /no octal size/],
    [
      'a size in base 256',
      withSkillMd({ path: 'a', size: '\x80\0\0\0\0\0\0\0\0\0\0\x01' }),
      /no octal size/,
    ],
    ['a size beyond the archive', withSkillMd({ path: 'a', size: 0o77777777777 }), /cut off/],
    [
      'a file over the limit',
      withSkillMd({ path: 'a', content: Buffer.alloc(5 * 1024 * 1024 + 1) }),
      /at most 5242880/,
    ],
    [
      'bytes hidden in the padding',
      withSkillMd({ path: 'a', content: 'x', padding: 'hidden' }),
      /padding/,
    ],
    [
      'bytes behind a name',
      withSkillMd({ path: '', rawName: Buffer.from('a\0../../x') }),
      /behind its end/,
    ],
    [
      'a name that is not UTF-8',
      withSkillMd({ path: '', rawName: Buffer.from([0x61, 0xff]) }),
      /not UTF-8/,
    ],
    ['a link target on a regular file', withSkillMd({ path: 'a', link: 'b' }), /link target/],
    ['device numbers', withSkillMd({ path: 'a', devmajor: '0000001\0' }), /device numbers/],
    ['bytes behind the header', withSkillMd({ path: 'a', rest: 'x' }), /behind the header/],
    ['no end', makeTar([skillMd], Buffer.alloc(0)), /does not end/],
    [
      'data behind its end',
      makeTar(
        [skillMd],
        Buffer.concat([Buffer.alloc(1_024), makeTar([{ path: 'x', content: 'y' }])]),
      ),
      /behind its end/,
    ],
    ['half a block', withSkillMd().subarray(0, 700), /no multiple/],
    [
      'more files than a skill may have',
      withSkillMd(...Array.from({ length: 1_000 }, (_, i) => ({ path: `f${i}` }))),
      /more than 1000/,
    ],
    ['no SKILL.md', makeTar([{ path: 'a' }]), /skill-md-missing/],
  ];

  it.each(hostile)('with %s is refused whole', (_, tar, reason) => {
    expect(refusalOf(tar)).toMatch(reason);
  });

  it('is refused with every reason, not only the first', () => {
    const refusal = refusalOf(
      withSkillMd(
        { path: '../x' },
        { path: 'l', type: '2', link: 'x' },
        { path: 'con' },
        { path: 'S', mode: 0o4755 },
      ),
    );
    for (const reason of [/leaves the skill/, /symbolic link/, /Windows reserves/, /setuid/])
      expect(refusal).toMatch(reason);
  });

  it('of any bytes at all is a bundle or a Problem', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => {
        expect(typeof refusalOf(bytes)).toBe('string');
      }),
      { numRuns: 50 },
    );
  });

  it('with one bit of its headers flipped never yields other names or contents than were packed', () => {
    const honest = withSkillMd({ path: 'a/b.txt', content: 'hello' });
    const true_ = unpackTar(honest);
    fc.assert(
      fc.property(fc.nat(honest.length * 8 - 1), (bit) => {
        const bent = Buffer.from(honest);
        bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        try {
          const { bundle } = unpackTar(bent);
          // What passes changed content bytes only: names stand, and the digest tells.
          expect(bundle.files.map((file) => file.path)).toEqual(
            true_.bundle.files.map((file) => file.path),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
      { numRuns: 200 },
    );
  });
});
