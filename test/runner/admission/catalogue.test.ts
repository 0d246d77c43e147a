import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSkill, readAll } from '../../../runner/admission/catalogue.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { cleanDescription, printable } from '../../../skills-index/skill/text/shown-text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const packed = packBundle([
  { path: 'SKILL.md', bytes: bytes('# Report\n'), mode: 0o644 },
  { path: 'scripts/report.ts', bytes: bytes('console.log(1)\n'), mode: 0o755 },
  { path: 'data/big.csv', bytes: bytes('1,2\n'), mode: 0o644 },
]);

function source() {
  const asked: Digest[] = [];
  const blobs = new Map<Digest, Uint8Array>([[packed.digest, packed.bytes]]);
  for (const file of packed.bundle.files)
    blobs.set(file.sha256, packed.contents.get(file.path) ?? bytes(''));
  const readBlob = async (digest: Digest): Promise<Uint8Array> => {
    asked.push(digest);
    return blobs.get(digest) ?? bytes('');
  };
  return { asked, blobs, readBlob };
}

describe('openSkill', () => {
  it('reads the list of files, and each file only when it is asked for', async () => {
    const { asked, readBlob } = source();
    const skill = await openSkill(packed.digest, readBlob);
    expect(asked).toEqual([packed.digest]);
    expect(new TextDecoder().decode(await skill.read('SKILL.md'))).toBe('# Report\n');
    expect(asked).toEqual([packed.digest, digestOf('# Report\n')]);
    await skill.read('scripts/report.ts');
    expect(asked.slice(2)).toEqual([digestOf('console.log(1)\n')]);
  });

  it('refuses a list of files that is not the one of the digest', async () => {
    const other = packBundle([{ path: 'SKILL.md', bytes: bytes('other'), mode: 0o644 }]);
    await expect(openSkill(packed.digest, async () => other.bytes)).rejects.toMatchObject({
      code: 'bundle-invalid',
    });
  });

  it('refuses a file whose bytes changed after approval', async () => {
    const { blobs, readBlob } = source();
    const skill = await openSkill(packed.digest, readBlob);
    blobs.set(digestOf('# Report\n'), bytes('# Report!\n'));
    await expect(skill.read('SKILL.md')).rejects.toMatchObject({ code: 'bundle-invalid' });
    await expect(readAll(skill)).rejects.toMatchObject({ code: 'bundle-invalid' });
  });

  it.each(['../secret', '/etc/passwd', 'skill.md', 'scripts', '', '__proto__'])(
    'has no file %j, and asks nobody for it',
    async (path) => {
      const { asked, readBlob } = source();
      const skill = await openSkill(packed.digest, readBlob);
      await expect(skill.read(path)).rejects.toMatchObject({ code: 'not-found' });
      expect(asked).toHaveLength(1);
    },
  );
});

describe('cleanDescription', () => {
  it.each([
    ['a\u001b[31mred\u001b[0m', 'a[31mred[0m'],
    ['one\r\ntwo\tthree', 'one two three'],
    ['hid\u200bden \u202egnp\u202c \u{e0041}', 'hidden gnp'],
    ['line\u2028break', 'line break'],
    ['\ud800half', '\ufffdhalf'],
  ])('%j becomes %j', (text, clean) => expect(cleanDescription(text)).toBe(clean));

  it('is never longer than 200 characters, one line, and clean already when cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const clean = cleanDescription(text);
        expect([...clean].length).toBeLessThanOrEqual(200);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(cleanDescription(clean)).toBe(clean);
      }),
      { numRuns: 40 },
    );
  });
});

describe('printable', () => {
  it('keeps lines and tabs of an output, and drops what a terminal or a model would obey', () => {
    expect(printable('a\tb\r\nc\u0007\u001b]0;t\u0007\u202e')).toBe('a\tb\nc]0;t');
  });
});
