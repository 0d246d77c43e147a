/** The index of a skill with many versions, whose older lines are in parts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLine, type WantedVersion } from '../../../skills-index/client/choose-line.ts';
import { fetchIndex, indexPartPath } from '../../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { compareVersions, parseVersion } from '../../../skills-index/skill/version.ts';
import type { IndexLine } from '../../../skills-index/trust/index-files/index-line.ts';
import type { IndexPart } from '../../../skills-index/trust/index-files/index-parts.ts';
import { roundsOf } from '../../sample.ts';
import { storyFetch } from '../story-server.ts';

const name = parseSkillName('@acme/report');

type Version = Pick<IndexLine, 'advice' | 'stopped'> & { readonly version: string };

function lineOf({ version, ...hints }: Version, logIndex: number): IndexLine {
  return {
    schema: 'skillgate.index/1',
    name,
    version: parseVersion(version),
    bundle: digestOf(version),
    description: 'Writes a report.',
    capabilities: { env: [], secret: [], egress: [], mount: [], exec: [] },
    requires: {},
    publisher: digestOf('publisher'),
    statements: [],
    logIndex,
    ...hints,
  };
}

function print(parts: readonly IndexPart[], lines: readonly IndexLine[]): Buffer {
  const heading = { parts, schema: 'skillgate.index-parts/1', sum: digestOf('') };
  const all = parts.length === 0 ? lines : [heading, ...lines];
  return Buffer.from(all.map((one) => `${canonicalJson(one)}\n`).join(''));
}

type Files = Map<string, Uint8Array>;

function putPart(
  files: Files,
  parts: readonly IndexPart[],
  lines: readonly IndexLine[],
): IndexPart {
  const bytes = print(parts, lines);
  const digest = digestOf(bytes);
  files.set(indexPartPath(name, { digest }), bytes);
  const versions = [
    ...lines.map(({ version }) => version),
    ...parts.flatMap(({ lowest, highest }) => [lowest, highest]),
  ].sort(compareVersions);
  const [lowest = parseVersion('0.0.0')] = versions;
  const highest = versions.at(-1) ?? lowest;
  return { digest, lowest, highest };
}

/** Splits what comes first into groups of some sizes; the rest stays. */
function grouped<Item>(items: readonly Item[], sizes: readonly number[]) {
  const groups: (readonly Item[])[] = [];
  let rest = items;
  for (const size of sizes) {
    if (size >= rest.length) break;
    groups.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return { groups, rest };
}

function indexOf(lines: readonly IndexLine[], sizes: readonly number[], deeper: readonly number[]) {
  const files: Files = new Map();
  const first = grouped(lines, sizes);
  const leaves = first.groups.map((group) => putPart(files, [], group));
  const second = grouped(leaves, deeper);
  const parts = [...second.groups.map((group) => putPart(files, group, [])), ...second.rest];
  files.set(`/index/${name}`, print(parts, first.rest));
  return { files, parts, newest: first.rest };
}

function source(files: Files, asked: string[] = []) {
  return { fetch: storyFetch(files, asked), store: memoryStore(), base: 'http://skills.example' };
}

function outcome(lines: readonly IndexLine[], wanted: WantedVersion): string {
  try {
    return chooseLine(lines, wanted).version;
  } catch (cause) {
    return (cause as { code: string }).code;
  }
}

const versionText = fc
  .tuple(fc.nat(3), fc.nat(4), fc.nat(9), fc.constantFrom('', '', '', '-beta', '-beta.2', '+b1'))
  .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`);
const stop = { kind: 'revoked', since: '2026-03-01T12:00:00.000Z' } as const;
const hints = fc.constantFrom({}, {}, {}, { advice: { yanked: 9 } }, { stopped: stop });
const versions = fc.uniqueArray(
  fc.tuple(versionText, hints).map(([version, more]) => ({ version, ...more })),
  { selector: ({ version }) => version, minLength: 1, maxLength: 60 },
);
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 });
const ranges = fc.oneof(
  versionText,
  fc.tuple(fc.constantFrom('^', '~', '>=', '<', '<=', ''), versionText).map((all) => all.join('')),
  fc.tuple(versionText, versionText).map(([a, b]) => `${a} - ${b}`),
  fc.tuple(versionText, versionText).map(([a, b]) => `~${a} || ^${b}`),
  fc.constantFrom('*', '', '1.x', 'latest', '>=0.0.0-0', '>4'),
);

describe('an index with parts', () => {
  it('gives each range the version that a whole file gives', async () => {
    let parts = 0;
    let unread = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({ versions, sizes, deeper: sizes, range: ranges, locked: fc.nat(59) }),
        async ({ versions: all, sizes: some, deeper, range, locked }) => {
          const lines = all.map(lineOf);
          const lockedVersion = lines[locked]?.version;
          const wanted = { name, range, ...(lockedVersion && { lockedVersion }) };
          const { files } = indexOf(lines, some, deeper);
          const asked: string[] = [];
          const found = await fetchIndex(source(files, asked), name, wanted);
          expect(outcome(found, wanted)).toBe(outcome(lines, wanted));
          expect(await fetchIndex(source(files), name)).toEqual(lines);
          parts += files.size;
          unread += files.size - asked.length;
        },
      ),
      { numRuns: roundsOf(1_500) },
    );
    // The test would say nothing of a client that reads all parts.
    expect(unread / parts).toBeGreaterThan(0.15);
  });

  const lines = Array.from({ length: 100 }, (_, nth) => lineOf({ version: `1.0.${nth}` }, nth));
  const honest = () => indexOf(lines, Array(9).fill(10), [3, 3]);

  it.each([
    ['the newest version', '*', 1],
    ['a version in the newest part', '1.0.89', 2],
    ['a range of old versions', '<1.0.5', 3],
  ])('is asked for few files by %s', async (_, range, requests) => {
    const asked: string[] = [];
    const all = source(honest().files, asked);
    await fetchIndex(all, name, { name, range });
    expect(asked).toHaveLength(requests);
    await fetchIndex(all, name, { name, range });
    expect(asked).toHaveLength(requests + 1);
  });

  it('is read from the store without a network', async () => {
    const all = source(honest().files);
    await fetchIndex(all, name, { name, range: '1.0.5' });
    const offline = { ...all, offline: true };
    expect(
      outcome(await fetchIndex(offline, name, { name, range: '1.0.5' }), { name, range: '1.0.5' }),
    ).toBe('1.0.5');
    await expect(fetchIndex(offline, name, { name, range: '1.0.45' })).rejects.toMatchObject({
      code: 'registry-down',
    });
  });

  const wanted = { name, range: '~1.0.5 <1.0.10' };
  const answerInvalid = 'registry-answer-invalid';
  it.each<[string, (made: ReturnType<typeof honest>) => Files, string]>([
    ['is honest', ({ files }) => files, '1.0.9'],
    [
      'withholds a part',
      ({ files }) => {
        for (const path of files.keys()) if (path.includes('/parts/')) files.delete(path);
        return files;
      },
      answerInvalid,
    ],
    [
      'sends an older part in place of a part',
      ({ files, parts }) => {
        const [first, second] = parts.map((part) => indexPartPath(name, part));
        return files.set(first ?? '', files.get(second ?? '') ?? Buffer.alloc(0));
      },
      'signature-invalid',
    ],
    [
      'names deeper parts without the highest version',
      ({ files, newest }) => {
        const inner = putPart(files, [], lines.slice(0, 9));
        const outer = putPart(files, [inner], []);
        const lie = { ...outer, highest: parseVersion('1.0.9') };
        return files.set(`/index/${name}`, print([lie], newest));
      },
      answerInvalid,
    ],
    [
      'repeats a line of a part because the version is yanked',
      ({ files, parts, newest }) => {
        const hinted = lineOf({ version: '1.0.9', advice: { yanked: 200 } }, 9);
        return files.set(`/index/${name}`, print(parts, [hinted, ...newest]));
      },
      '1.0.8',
    ],
    [
      'names a part twice',
      ({ files, parts, newest }) => {
        const [part] = parts;
        return files.set(`/index/${name}`, print(part ? [part, part] : [], newest));
      },
      answerInvalid,
    ],
  ])('of a registry that %s', async (_, make, expected) => {
    const reading = fetchIndex(source(make(honest())), name, wanted);
    expect(await reading.then((all) => outcome(all, wanted)).catch((cause) => cause.code)).toBe(
      expected,
    );
  });

  it.each(['*', undefined])('of few bytes cannot name millions of parts (%s)', async (range) => {
    const files: Files = new Map();
    const lie = { lowest: parseVersion('1.0.0'), highest: parseVersion('1.0.0') };
    const stopped = lineOf({ version: '1.0.0', stopped: stop }, 0);
    let parts = [putPart(files, [], [stopped])];
    for (let depth = 1; depth < 4; depth++)
      parts = [putPart(files, Array(1_000).fill({ ...parts[0], ...lie }), [])];
    files.set(`/index/${name}`, print(parts, []));
    const asked: string[] = [];
    const reading = fetchIndex(source(files, asked), name, range ? { name, range } : undefined);
    await expect(reading).rejects.toMatchObject({ code: answerInvalid });
    expect(asked.length).toBeLessThan(4);
  });

  it('names at most 20,000 parts', async () => {
    const files: Files = new Map();
    const outer = Array.from({ length: 20 }, (_, nth) =>
      putPart(
        files,
        Array.from({ length: 1_000 }, (_, at) => ({
          digest: digestOf(`${nth} ${at}`),
          lowest: parseVersion('1.0.0'),
          highest: parseVersion('1.0.0'),
        })),
        [],
      ),
    );
    const refusal = async (parts: readonly IndexPart[]): Promise<string> => {
      files.set(`/index/${name}`, print(parts, []));
      return fetchIndex(source(files), name).then(String, (cause) => cause.message);
    };
    expect(await refusal(outer)).toContain('names a part twice, or too many');
    expect(await refusal(outer.slice(1))).toContain('The registry has no');
  });
});
