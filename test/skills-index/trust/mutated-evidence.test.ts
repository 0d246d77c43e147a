import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { type DecisionInput, decide } from '../../../skills-index/trust/decision/decision.ts';
import {
  type IndexLine,
  parseIndexFile,
} from '../../../skills-index/trust/index-files/index-line.ts';
import { roundsOf } from '../../sample.ts';
import { tellStory } from '../story.ts';

const { input } = await tellStory();
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * The index as a registry would rewrite it that exchanged a statement: every address is right
 * again.
 */
function exchanged(old: Digest, bytes: Uint8Array): DecisionInput {
  const address = digestOf(bytes);
  const statements = new Map([...input.statements].filter(([digest]) => digest !== old)).set(
    address,
    bytes,
  );
  const line = {
    ...input.line,
    statements: input.line.statements.map((one) => (one === old ? address : one)),
  };
  return { ...input, line, statements };
}

const addresses = [...input.statements.keys()];
const json = (digest: Digest): Json =>
  JSON.parse(Buffer.from(input.statements.get(digest) ?? []).toString('utf8'));

/** Paths to every value inside, the deepest ones too. */
function pathsIn(
  value: Json,
  at: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [at, ...members.flatMap(([key, member]) => pathsIn(member, [...at, key]))];
}

function withValue(
  value: Json,
  [key, ...rest]: readonly (string | number)[],
  put: Json | undefined,
): Json {
  if (key === undefined) return put ?? null;
  if (typeof value !== 'object' || value === null) return value;
  const copy: Json[] | { [key: string]: Json } = Array.isArray(value) ? [...value] : { ...value };
  const members = copy as { [key: string]: Json };
  if (rest.length === 0 && put === undefined) delete members[key];
  else members[key] = withValue(members[key] ?? null, rest, put);
  return copy;
}

function valueAt(value: Json, path: readonly (string | number)[]): Json {
  return path.reduce<Json>((at, key) => (at as { [key: string]: Json })[key] ?? null, value);
}

describe('evidence that somebody changed, with every address put right', () => {
  it('is never admitted, whichever byte of whichever statement it was', () => {
    const change = fc.record({
      digest: fc.constantFrom(...addresses),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      by: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(change, ({ digest, at, by }) => {
        const bytes = Uint8Array.from(input.statements.get(digest) ?? []);
        const index = Math.min(bytes.length - 1, Math.floor(at * bytes.length));
        bytes[index] = (bytes[index] ?? 0) ^ by;
        expect(decide(exchanged(digest, bytes)).kind).toBe('refused');
      }),
      { numRuns: roundsOf(100) },
    );
  });

  it('is never admitted, whichever value of whichever statement was left out or exchanged', () => {
    const spots = addresses.flatMap((digest) =>
      pathsIn(json(digest)).map((path) => ({ digest, path })),
    );
    const other = fc.oneof(fc.constant(undefined), fc.jsonValue() as fc.Arbitrary<Json>);
    fc.assert(
      fc.property(fc.constantFrom(...spots), other, ({ digest, path }, put) => {
        const bytes = Buffer.from(canonicalJson(withValue(json(digest), path, put)));
        fc.pre(digestOf(bytes) !== digest);
        expect(decide(exchanged(digest, bytes)).kind).toBe('refused');
      }),
      { numRuns: roundsOf(100) },
    );
  });

  it('is never admitted with another index line, and never a crash', () => {
    const line = JSON.parse(JSON.stringify(input.line)) as Json;
    // The list of statements says what is at hand, in no order.
    const spots = pathsIn(line).filter(
      ([key]) => key !== undefined && key !== 'statements' && key !== 'schema',
    );
    const use = spots.find((path) => path.at(-1) === 'as') ?? [];
    expect(use).not.toEqual([]);
    fc.assert(
      fc.property(fc.constantFrom(...spots), fc.jsonValue() as fc.Arbitrary<Json>, (path, put) => {
        const changed = withValue(line, path, put);
        fc.pre(canonicalJson(changed) !== canonicalJson(line));
        expect(decideLine(changed)).toBe('refused');
      }),
      // A list of one text prints as the text, and an object need not print at all.
      {
        numRuns: roundsOf(150),
        examples: [
          [use, { toString: 1 }],
          [use, [valueAt(line, use)]],
        ],
      },
    );
  });
});

/** What is no line to its parser never gets to a decision. */
function decideLine(changed: Json): string {
  let lines: IndexLine[];
  try {
    lines = parseIndexFile(Buffer.from(canonicalJson(changed)), input.line.name);
  } catch (cause) {
    return cause instanceof Problem ? 'refused' : String(cause);
  }
  return lines.map((line) => decide({ ...input, line }).kind).join();
}
