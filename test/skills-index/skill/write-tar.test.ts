import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { unpackTar } from '../../../skills-index/skill/authoring/read-tar.ts';
import { tarFilesOf, writeTar } from '../../../skills-index/skill/authoring/write-tar.ts';
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';

const file = (path: string, content = '', mode = 0o644): SourceFile => ({
  path,
  bytes: Buffer.from(content),
  mode,
});
const tarOf = (files: SourceFile[]) => writeTar(tarFilesOf(packBundle(files)));
const roundTrip = (files: SourceFile[]) => unpackTar(tarOf([file('SKILL.md', 'x'), ...files]));

describe('the upload’s tar', () => {
  it('is read back by the registry’s strict reader as the same bundle', () => {
    // The digit keeps names like “nul” and “con” away, because Windows reserves them.
    const path = fc.stringMatching(/^[a-z]{1,12}0(\/[a-z]{1,12}0){0,3}$/);
    const files = fc.uniqueArray(
      fc.record({
        path: path.map((one) => `d/${one}.x`),
        content: fc.string(),
        mode: fc.constantFrom(0o644, 0o755),
      }),
      {
        selector: (one) => one.path,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(files, (list) => {
        const given = list.map((one) => file(one.path, one.content, one.mode));
        expect(roundTrip(given).digest).toBe(packBundle([file('SKILL.md', 'x'), ...given]).digest);
      }),
      { numRuns: 40 },
    );
  });

  it('carries paths longer than a name field, and other scripts', () => {
    const long = `${'folder-of-some-length/'.repeat(4)}${'n'.repeat(95)}`;
    expect(
      roundTrip([file(long, 'y'), file('文書/読.md', 'z')]).bundle.files.map((one) => one.path),
    ).toContain(long);
  });

  it('refuses what no header can carry', () => {
    expect(() => tarOf([file('SKILL.md'), file('n'.repeat(101))])).toThrow(/longer than 100 bytes/);
  });

  it('is the same for the same skill, in whatever order its files came', () => {
    const a = file('a', '1');
    const b = file('b', '2', 0o755);
    const first = tarOf([file('SKILL.md'), a, b]);
    const second = tarOf([b, file('SKILL.md'), a]);
    expect(Buffer.compare(first, second)).toBe(0);
    expect(first.byteLength % 512).toBe(0);
  });
});
