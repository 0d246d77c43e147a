import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import {
  bundleFileBytesMax,
  bundleFilesMax,
  parseBundle,
  type SourceFile,
} from '../../../skills-index/skill/bundle.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';

const file = (path: string, text = path, mode = 0o644): SourceFile => ({
  path,
  bytes: Buffer.from(text),
  mode,
});
const skillMd = file('SKILL.md');
const packed = packBundle([file('b.sh', 'b', 0o755), skillMd, file('a/x')]);
const problemOf = (run: () => unknown): Problem | undefined => {
  try {
    run();
    return undefined;
  } catch (cause) {
    if (cause instanceof Problem) return cause;
    throw cause;
  }
};

describe('a bundle', () => {
  it('is the sorted list of its files in canonical JSON, and its digest that of these bytes', () => {
    expect(packed.bundle.files.map(({ path, mode }) => `${path} ${mode}`)).toEqual([
      'SKILL.md 644',
      'a/x 644',
      'b.sh 755',
    ]);
    expect(digestOf(packed.bytes)).toBe(packed.digest);
    expect(parseBundle(packed.bytes)).toEqual({ bundle: packed.bundle, digest: packed.digest });
  });

  it('is the same whatever the order of the files and their other mode bits', () => {
    const files = ['SKILL.md', 'a', 'b/c', 'Z', 'ü', '\u{1f600}'].map((path) => file(path));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(files, { minLength: files.length }),
        fc.constantFrom(0o600, 0o644, 0o666),
        (shuffled, mode) => {
          expect(packBundle(shuffled.map((one) => ({ ...one, mode }))).digest).toBe(
            packBundle(files).digest,
          );
        },
      ),
    );
  });

  it('sorts by the bytes of UTF-8, not by UTF-16', () => {
    const order = packBundle([skillMd, file('\u{1f600}'), file('\uff5e')]).bundle.files.map(
      (one) => one.path,
    );
    expect(order).toEqual(['SKILL.md', '\uff5e', '\u{1f600}']);
  });
});

describe('files that make no bundle', () => {
  it.each<[string, SourceFile[], string, RegExp]>([
    ['no SKILL.md', [file('skill.md')], 'skill-md-missing', /no SKILL\.md/],
    ['nothing', [], 'skill-md-missing', /no SKILL\.md/],
    ['a path twice', [skillMd, file('a'), file('a')], 'path-invalid', /there twice/],
    [
      'case twins',
      [skillMd, file('README.md'), file('Readme.md')],
      'path-invalid',
      /same on some machines/,
    ],
    [
      'folders that are twins',
      [skillMd, file('a/x'), file('A/y')],
      'path-invalid',
      /folders "a" and "A"/,
    ],
    [
      'a file that is a folder',
      [skillMd, file('a'), file('a/b')],
      'path-invalid',
      /file and a folder/,
    ],
    [
      'a file whose twin is a folder',
      [skillMd, file('A'), file('a/b')],
      'path-invalid',
      /file and a folder/,
    ],
    ['a path that leaves', [skillMd, file('../x')], 'path-invalid', /leaves the skill/],
    ['setuid bits', [skillMd, file('a', 'a', 0o4755)], 'bundle-invalid', /setuid/],
    [
      'too large a file',
      [skillMd, { ...file('a'), bytes: new Uint8Array(bundleFileBytesMax + 1) }],
      'bundle-invalid',
      /at most/,
    ],
    [
      'too much in all',
      [
        skillMd,
        ...Array.from({ length: 5 }, (_, at) => ({
          ...file(`f${at}`),
          bytes: new Uint8Array(bundleFileBytesMax),
        })),
      ],
      'bundle-invalid',
      /bytes in all/,
    ],
    [
      'too many files',
      [skillMd, ...Array.from({ length: bundleFilesMax }, (_, at) => file(`f${at}`, ''))],
      'bundle-invalid',
      /1001 files/,
    ],
  ])('are refused as a whole: %s', (_, files, code, message) => {
    const problem = problemOf(() => packBundle(files));
    expect(problem?.code).toBe(code);
    expect(problem?.message).toMatch(message);
  });
});

describe('bytes that are no bundle', () => {
  it('are refused, and never a crash, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) => problemOf(() => parseBundle(Buffer.from(canonicalJson(value)))) !== undefined,
      ),
    );
  });
});
