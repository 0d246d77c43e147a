import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTomlText } from '../../../scanner/frontends/settings/json.ts';

// The corpus belongs to its authors: it is not copied here (docs/contributing.md says how to get
// it).
const corpus = process.env.SKILLGATE_TOML_CORPUS;
if (corpus === undefined)
  process.stderr.write(
    '\nNOT RUN: toml-test. Set SKILLGATE_TOML_CORPUS, see docs/contributing.md.\n\n',
  );

// Invalid documents that are read all the same. A scanner may read more than an agent's program
// does, but not less.
const readAnyway = [
  'control/bare-cr',
  'control/multi-cr',
  'control/rawmulti-cr',
  'encoding/bad-codepoint',
  'encoding/bad-utf8-in-comment',
  'encoding/bad-utf8-in-multiline',
  'encoding/bad-utf8-in-multiline-literal',
  'encoding/bad-utf8-in-string',
  'encoding/bad-utf8-in-string-literal',
].map((name) => `invalid/${name}.toml`);

/** Paths and values of the texts in the corpus's JSON form of a document. */
function textsOf(node: unknown, path: readonly (string | number)[] = []): string[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => textsOf(item, [...path, index]));
  if (typeof node !== 'object' || node === null) return [];
  const { type, value } = node as { type?: unknown; value?: unknown };
  if (typeof type === 'string' && typeof value === 'string')
    return type === 'string' ? [JSON.stringify([path, value])] : [];
  return Object.entries(node).flatMap(([key, item]) => textsOf(item, [...path, key]));
}

describe.skipIf(corpus === undefined)('the public TOML corpus', () => {
  it('is read whole: each text of a valid document at its path, and no invalid one but nine', () => {
    const tests = join(corpus ?? '', 'tests');
    const documents = readFileSync(join(tests, 'files-toml-1.1.0'), 'utf8')
      .split('\n')
      .filter((path) => path.endsWith('.toml'));
    const wrong = documents.filter((path) => {
      // The front end gets text, in which bytes that are not UTF-8 are replaced.
      const read = parseTomlText(readFileSync(join(tests, path), 'utf8'));
      if (path.startsWith('invalid/')) return (read !== undefined) !== readAnyway.includes(path);
      const expected = textsOf(
        JSON.parse(readFileSync(join(tests, path.replace(/\.toml$/, '.json')), 'utf8')),
      );
      const found = read?.settings.map(({ path: at, value }) => JSON.stringify([at, value])) ?? [];
      return found.sort().join('\n') !== expected.sort().join('\n');
    });
    process.stdout.write(
      `toml-test: ${documents.length - wrong.length} of ${documents.length} documents\n`,
    );
    expect(wrong).toEqual([]);
    expect(documents.length).toBeGreaterThan(600);
  });
});
