import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  judgeSubmission,
  parseSubmission,
  printSubmission,
} from '../../../skills-index/log/add-checkpoint.ts';
import { treeRootFrom } from '../../../skills-index/log/head-question.ts';
import { type Hash, leafHash, type TreeHead } from '../../../skills-index/log/merkle-tree.ts';
import { signCheckpoint } from '../../../skills-index/log/sign-cosignature.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { testLogKey } from '../story-keys.ts';
import { consistencyProof, nodesFromLeaves } from './whole-tree.ts';

const key = testLogKey('log');
const log = { origin: 'skills.example', key: key.publicKey };
/** Two histories that share their first three entries. */
const leafOf =
  (history: string) =>
  (index: number): Hash =>
    leafHash(Buffer.from(index < 3 ? `entry ${index}` : `entry ${index} of ${history}`));
const headOf = (size: number, history = 'a'): TreeHead => ({
  size,
  root: treeRootFrom(size, nodesFromLeaves(leafOf(history))),
});
const noteOf = (size: number, history = 'a', signer = key, origin = log.origin): Promise<string> =>
  signCheckpoint({ origin, ...headOf(size, history) }, signer);
const proofOf = (first: number, size: number, history = 'a'): Hash[] =>
  consistencyProof(first, size, leafOf(history));

describe('a submission to a witness', () => {
  it('is the old size, the proof, an empty line and the checkpoint', async () => {
    const submission = { oldSize: 5, proof: proofOf(5, 9), note: await noteOf(9) };
    const text = printSubmission(submission);
    expect(text.split('\n').slice(0, 2)).toEqual([
      'old 5',
      Buffer.from(submission.proof[0] ?? []).toString('base64'),
    ]);
    expect(parseSubmission(text)).toEqual(submission);
  });

  it.each([
    ['no empty line', 'old 1\nskills.example\n'],
    ['a leading zero', 'old 01\n\nnote'],
    ['a size beyond what a number holds', 'old 9007199254740993\n\nnote'],
    ['a hash that is too short', `old 1\n${Buffer.alloc(31).toString('base64')}\n\nnote`],
    ['64 hashes', `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\nnote`],
  ])('is refused with %s', (_, text) => {
    expect(() => parseSubmission(text)).toThrow(Problem);
  });

  it('is read or refused, whatever comes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        try {
          parseSubmission(`old ${a}\n\n${b}`);
        } catch (cause) {
          expect(cause).toBeInstanceOf(Problem);
        }
      }),
    );
  });
});

describe('a witness', () => {
  const judge = async (
    oldSize: number,
    kept: TreeHead | undefined,
    note: Promise<string>,
    proof: readonly Hash[] = [],
  ) => judgeSubmission({ oldSize, proof, note: await note }, { kept, log });

  it('cosigns the first head that it sees, and each that is shown to continue it', async () => {
    expect(await judge(0, undefined, noteOf(5))).toMatchObject({
      kind: 'cosign',
      head: { size: 5 },
    });
    expect(await judge(5, headOf(5), noteOf(9), proofOf(5, 9))).toMatchObject({
      kind: 'cosign',
      head: { size: 9 },
    });
    expect(await judge(8, headOf(8), noteOf(9), proofOf(8, 9))).toMatchObject({
      kind: 'cosign',
      head: { size: 9 },
    });
    expect(await judge(9, headOf(9), noteOf(9))).toMatchObject({
      kind: 'cosign',
      head: { size: 9 },
    });
  });

  it('cosigns one map of a tree: the first, or the first after a head without a map', async () => {
    const [map, otherMap] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const mapped = (size: number, root?: Hash) =>
      signCheckpoint(
        { origin: log.origin, ...headOf(size), ...(root === undefined ? {} : { map: root }) },
        key,
      );
    const kept = { ...headOf(9), map };
    expect(await judge(9, headOf(9), mapped(9, map))).toMatchObject({ kind: 'cosign' });
    expect(await judge(9, kept, mapped(9, map))).toMatchObject({ kind: 'cosign' });
    expect(await judge(9, kept, mapped(9, otherMap))).toMatchObject({
      kind: 'forked',
      status: 409,
      why: expect.stringContaining('two maps of one tree'),
    });
    for (const size of [9, 12])
      expect(await judge(9, kept, mapped(size), proofOf(9, size))).toMatchObject({
        kind: 'refused',
        status: 422,
      });
    expect(await judge(9, kept, mapped(12, otherMap), proofOf(9, 12))).toMatchObject({
      kind: 'cosign',
    });
  });

  it.each<[string, number, TreeHead | undefined, () => Promise<string>, readonly Hash[], object]>([
    ['a foreign key', 0, undefined, () => noteOf(5, 'a', testLogKey('other')), [], { status: 403 }],
    [
      'another origin',
      0,
      undefined,
      () => noteOf(5, 'a', key, 'other.example'),
      [],
      { status: 400 },
    ],
    ['an old size above the new one', 6, headOf(6), () => noteOf(5), [], { status: 400 }],
    [
      'an old size that is not the one kept',
      4,
      headOf(5),
      () => noteOf(9),
      proofOf(4, 9),
      { status: 409 },
    ],
    [
      'an old size of none where something is kept',
      0,
      headOf(5),
      () => noteOf(9),
      [],
      { status: 409 },
    ],
    ['no proof', 5, headOf(5), () => noteOf(9), [], { status: 422 }],
    ['a proof from nothing', 0, undefined, () => noteOf(9), [Buffer.alloc(32)], { status: 422 }],
    [
      'another history that grew, with a made-up proof',
      5,
      headOf(5),
      () => noteOf(9, 'b'),
      proofOf(5, 9),
      { status: 422 },
    ],
    [
      'another history of a power of two that grew',
      4,
      headOf(4),
      () => noteOf(9, 'b'),
      proofOf(4, 9, 'b'),
      { status: 422 },
    ],
  ])('refuses %s', async (_, oldSize, kept, note, proof, expected) => {
    expect(await judge(oldSize, kept, note(), proof)).toMatchObject({
      kind: 'refused',
      ...expected,
    });
  });

  it('says which two heads of one size a log signed, whatever else the submission says', async () => {
    for (const oldSize of [9, 0, 4]) {
      const judged = await judge(oldSize, headOf(9), noteOf(9, 'b'));
      expect(judged).toMatchObject({ kind: 'forked', status: 409 });
      for (const history of ['a', 'b']) {
        expect(judged).toHaveProperty(
          'why',
          expect.stringContaining(Buffer.from(headOf(9, history).root).toString('base64')),
        );
      }
    }
  });

  it('says which two heads a log signed that grew on another history', async () => {
    const judged = await judge(5, headOf(5), noteOf(9, 'b'), proofOf(5, 9, 'b'));
    expect(judged).toMatchObject({ kind: 'forked', status: 422 });
    expect(judged).toHaveProperty(
      'why',
      expect.stringContaining(`${Buffer.from(headOf(5).root).toString('base64')}, and size 9`),
    );
  });

  it('is told of no fork by any proof of one log', async () => {
    const claim = fc.tuple(
      fc.integer({ min: 2, max: 40 }),
      fc.nat(),
      fc.nat(),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
    );
    await fc.assert(
      fc.asyncProperty(claim, async ([size, first, at, hash]) => {
        const old = 1 + (first % (size - 1));
        const proof = proofOf(old, size);
        const changed = proof.map((one, index) => (index === at % proof.length ? hash : one));
        for (const sent of [changed, proof.slice(1), [...proof, hash], [hash, ...proof]]) {
          expect((await judge(old, headOf(old), noteOf(size), sent)).kind).not.toBe('forked');
        }
      }),
    );
  });

  it('believes in no fork that another key signed', async () => {
    expect(await judge(9, headOf(9), noteOf(9, 'b', testLogKey('other')))).toMatchObject({
      kind: 'refused',
      status: 403,
    });
  });

  it('never cosigns two trees that differ in what they share, in whatever order it is asked', async () => {
    const step = fc.record({
      size: fc.integer({ min: 1, max: 12 }),
      history: fc.constantFrom('a', 'b'),
      oldSize: fc.option(fc.nat(12), { nil: undefined }),
      proven: fc.constantFrom('a', 'b'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        let kept: TreeHead | undefined;
        const cosigned: [number, string][] = [];
        for (const { size, history, oldSize, proven } of steps) {
          const old = oldSize ?? kept?.size ?? 0;
          const proof = old > 0 && old < size ? proofOf(old, size, proven) : [];
          const judged = await judge(old, kept, noteOf(size, history), proof);
          if (judged.kind !== 'cosign') continue;
          expect(judged.head.size).toBeGreaterThanOrEqual(kept?.size ?? 0);
          kept = judged.head;
          cosigned.push([size, history]);
        }
        // The histories part after three entries.
        expect(
          new Set(cosigned.filter(([size]) => size > 3).map(([, history]) => history)).size,
        ).toBeLessThanOrEqual(1);
      }),
    );
  });
});
