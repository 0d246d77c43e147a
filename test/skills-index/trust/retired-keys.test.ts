import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../skills-index/statement/attestation.ts';
import { decide } from '../../../skills-index/trust/decision/decision.ts';
import type { RetiredKey, RootFile, RootRole } from '../../../skills-index/trust/root/root.ts';
import { people, storyRoot, storyStatus, type Twist, tellStory } from '../story.ts';
import { type TestSigner, testLogKey, testSigner } from '../story-keys.ts';
import { codesOf, withAllSaid } from './decision/judged.ts';
import { ada, administrator, end, stop } from './decision/withheld.ts';

const successor = testSigner('successor');
const story = await tellStory();
const { summary, log } = story;
const last = log.head.size - 1;

const retire = (role: RootRole, key: TestSigner, validUpTo: number): RetiredKey => ({
  role,
  key: key.named.spki,
  validUpTo,
});
const named = ({ keyId, named: { spki } }: TestSigner) => ({ keyId, key: spki });

/** The root file after the key of one role was handed to the successor. */
const roots: Readonly<
  Record<'registry' | 'status' | 'administrator', (validUpTo: number) => RootFile>
> = {
  registry: (n) => ({
    ...storyRoot,
    registry: { key: successor.named.spki },
    retired: [retire('registry', people.registry, n)],
  }),
  status: (n) => ({
    ...storyRoot,
    status: { key: successor.named.spki },
    retired: [retire('status', people.status, n)],
  }),
  administrator: (n) => ({
    ...storyRoot,
    administrators: [named(successor)],
    retired: [retire('administrator', people.administrator, n)],
  }),
};

describe('a registry key that was retired', () => {
  it('still vouches for the verification summaries up to its last log index', () => {
    expect(decide({ ...story.input, root: roots.registry(summary.logIndex) }).kind).toBe(
      'admitted',
    );
  });

  it('used after its last index gives no verification summary', () => {
    expect(codesOf(decide({ ...story.input, root: roots.registry(summary.logIndex - 1) }))).toEqual(
      ['summary-invalid'],
    );
  });

  it('places no approval by passkey in the log after its last index', () => {
    const [, ben] = story.approvals;
    const root = roots.registry((ben?.logIndex ?? 0) - 1);
    expect(codesOf(decide({ ...story.input, root }))).toContain('approval-invalid');
  });
});

describe('a status key that was retired', () => {
  it('never says now what is fresh: its thief could stop the log at its last index', () => {
    expect(codesOf(decide({ ...story.input, root: roots.status(999) }))).toEqual([
      'status-missing',
    ]);
  });

  it('counts up to its last index when a time gone by is judged', () => {
    expect(decide({ ...story.input, past: true, root: roots.status(last) }).kind).toBe('admitted');
    expect(codesOf(decide({ ...story.input, past: true, root: roots.status(last - 1) }))).toEqual([
      'status-missing',
    ]);
  });
});

describe('an administrator who was retired', () => {
  const enrolled = story.identities
    .filter((one) => one.signer === people.administrator.keyId)
    .map((one) => one.logIndex);

  it('leaves those whom they enrolled up to their last index', () => {
    expect(decide({ ...story.input, root: roots.administrator(Math.max(...enrolled)) }).kind).toBe(
      'admitted',
    );
  });

  it('enrols nobody after it', () => {
    expect(
      codesOf(decide({ ...story.input, root: roots.administrator(-1 + Math.min(...enrolled)) })),
    ).toEqual(expect.arrayContaining(['scanner-unknown', 'approval-invalid']));
  });
});

const target = { bundle: story.packed.digest };
it.each<[string, TestSigner, Statement, keyof typeof roots, string]>([
  ['revokes', administrator, stop('revoked', { target }), 'administrator', 'revoked'],
  [
    'ends a member',
    administrator,
    end('Ada', { key: ada.named, validUpTo: 0 }),
    'administrator',
    'approval-invalid',
  ],
])('who %s does so up to their last log index only', async (_, by, statement, role, code) => {
  const told = await tellStory();
  const { logIndex } = await told.log.say(statement, by);
  const input = await withAllSaid(told);
  const codesUnder = (validUpTo: number) =>
    codesOf(decide({ ...input, root: roots[role](validUpTo) }));
  expect(codesUnder(logIndex)).toContain(code);
  expect(codesUnder(logIndex - 1)).toEqual([]);
});

const formerLogKey = testLogKey('log');
const keyOf = (key: { publicKey: Uint8Array }) => ({
  key: Buffer.from(key.publicKey).toString('base64'),
});
const handOver: Twist = {
  between: async (one) => {
    one.key = testLogKey('log of the successor');
  },
};

/** The log's key changed after the scan; the registry's head is signed with the new one. */
const rotated = await tellStory(handOver);
const logRoot = (validUpTo: number): RootFile => ({
  ...storyRoot,
  log: keyOf(testLogKey('log of the successor')),
  retired: [{ role: 'log', validUpTo, ...keyOf(formerLogKey) }],
});
const before = rotated.scan.logIndex;

describe('a log key that was retired', () => {
  it('leaves what it signed in the log, where a proof leads to a head of the key in office', () => {
    expect(decide({ ...rotated.input, root: logRoot(before) }).kind).toBe('admitted');
  });

  it('is worth nothing without that proof, even to who keeps the log', () => {
    const { consistency: _, ...input } = rotated.input;
    expect(codesOf(decide({ ...input, root: logRoot(before) }))).toContain('log-unproven');
  });

  it('signs no status file, now or in the past', () => {
    for (const past of [true, false]) {
      expect(codesOf(decide({ ...story.input, past, root: logRoot(999) }))).toEqual([
        'status-missing',
      ]);
    }
  });

  it('in a thief’s hands makes no second log beside the first', async () => {
    const forged = await tellStory();
    const input = {
      ...forged.input,
      statuses: [rotated.status],
      consistency: rotated.input.consistency ?? new Map(),
    };
    expect(codesOf(decide({ ...input, root: logRoot(999) }))).toContain('log-forked');
  });

  it('in a thief’s hands makes no longer log than the one of the key in office', async () => {
    const told = await tellStory();
    const key = testLogKey('log of the successor');
    const earlier = await tellStory({
      before: async (one) => {
        one.key = key;
      },
    });
    // A status over the first entries alone.
    const [first] = earlier.publish.bundle.verificationMaterial.tlogEntries;
    const note = first.inclusionProof.checkpoint.envelope;
    const forged = { ...told.input, statuses: [await storyStatus({ note: async () => note })] };
    expect(codesOf(decide({ ...forged, root: logRoot(999) }))).toContain('log-forked');
  });
});
