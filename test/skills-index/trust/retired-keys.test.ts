import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import {
  type Identity,
  memberStatement,
  predicateTypes,
  revocationStatement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { type DecisionInput, decide } from '../../../skills-index/trust/decision/decision.ts';
import { chainIdentities } from '../../../skills-index/trust/members-and-scopes/identity.ts';
import type { RetiredKey, RootFile, RootOffice } from '../../../skills-index/trust/root/root.ts';
import { freshNonce } from '../../nonce.ts';
import {
  people,
  type Story,
  storyConsistency,
  storyRoot,
  storyStatus,
  type Twist,
  tellStory,
} from '../story.ts';
import { type TestSigner, testLogKey, testSigner } from '../story-keys.ts';
import type { Said } from '../story-log.ts';
import { codesOf } from './decision/judged.ts';

const successor = testSigner('successor');
const story = await tellStory();
const { summary, log } = story;
const last = log.head.size - 1;

const retire = (office: RootOffice, key: TestSigner, validUpTo: number): RetiredKey => ({
  office,
  key: key.named.spki,
  validUpTo,
});
const named = ({ keyId, named: { spki } }: TestSigner) => ({ keyId, key: spki });

/** The root file after the key of one office was handed to the successor. */
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

/** The story with more said after it, and a status file that covers that. */
async function continued(told: Story, more: readonly Said[]): Promise<DecisionInput> {
  const line = {
    ...told.line,
    statements: [...told.line.statements, ...more.map((one) => one.digest)],
  };
  const statements = new Map<Digest, Uint8Array>([
    ...told.input.statements,
    ...more.map((one) => [one.digest, one.bytes] as const),
  ]);
  const statuses = [await storyStatus(told.log)];
  return { ...told.input, line, statements, statuses, consistency: storyConsistency(told.log) };
}

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

  it('suspends nothing after its last index', async () => {
    const told = await tellStory();
    const predicate = {
      kind: 'suspended',
      target: { bundle: told.packed.digest },
      reason: 'r',
      nonce: freshNonce(),
    } as const;
    const late = await told.log.say(revocationStatement(predicate), people.registry);
    const input = await continued(told, [late]);
    expect(codesOf(decide({ ...input, root: roots.registry(late.logIndex) }))).toEqual([
      'suspended',
    ]);
    expect(decide({ ...input, root: roots.registry(late.logIndex - 1) }).kind).toBe('admitted');
  });

  it.each(['status', 'administrator', 'log'] as const)(
    'counts in no other office: retired as %s',
    (office) => {
      const key =
        office === 'log'
          ? Buffer.from(testLogKey('other').publicKey).toString('base64')
          : people.registry.named.spki;
      const root = {
        ...storyRoot,
        registry: { key: successor.named.spki },
        retired: [{ office, key, validUpTo: 999 }],
      };
      expect(codesOf(decide({ ...story.input, root }))).toContain('summary-invalid');
    },
  );
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

  it.each(['registry', 'administrator'] as const)(
    'is not one that was retired from another office: %s',
    (office) => {
      const root = {
        ...storyRoot,
        status: { key: successor.named.spki },
        retired: [retire(office, people.status, 999)],
      };
      expect(codesOf(decide({ ...story.input, past: true, root }))).toEqual(['status-missing']);
    },
  );
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

  it('revokes nothing after it', async () => {
    const told = await tellStory();
    const predicate = {
      kind: 'revoked',
      target: { bundle: told.packed.digest },
      reason: 'r',
      nonce: freshNonce(),
    } as const;
    const late = await told.log.say(revocationStatement(predicate), people.administrator);
    const input = await continued(told, [late]);
    expect(codesOf(decide({ ...input, root: roots.administrator(late.logIndex) }))).toEqual([
      'revoked',
    ]);
    expect(decide({ ...input, root: roots.administrator(late.logIndex - 1) }).kind).toBe(
      'admitted',
    );
  });

  it('ends no member after it', async () => {
    const told = await tellStory();
    const end = {
      nonce: freshNonce(),
      name: 'Ada',
      roles: ['reviewer'],
      key: people.ada.named,
      state: 'ended',
      validUpTo: 0,
    } as const;
    const late = await told.log.say(memberStatement(end), people.administrator);
    const input = await continued(told, [late]);
    expect(codesOf(decide({ ...input, root: roots.administrator(late.logIndex) }))).toContain(
      'approval-invalid',
    );
    expect(decide({ ...input, root: roots.administrator(late.logIndex - 1) }).kind).toBe(
      'admitted',
    );
  });

  it('does not vote twice on a scope, once with the old key and once with the new one', async () => {
    const told = await tellStory();
    const previous = told.log.said.find(
      (one) => one.statement.predicateType === predicateTypes.scope,
    )?.digest;
    const taken = scopeStatement({
      scope: parseScope('acme'),
      owners: [people.stranger.named],
      ...(previous && { previous }),
    });
    const votes = [
      await told.log.say(taken, people.administrator),
      await told.log.say(taken, successor),
    ];
    const ownersUnder = (validUpTo: number): readonly Identity[] => {
      const root = {
        ...roots.administrator(validUpTo),
        administrators: [named(successor), named(people.ada)],
        threshold: 2,
      };
      return chainIdentities(root, [...told.identities, ...votes]).ownersOf(
        parseScope('acme'),
        told.log.head.size,
      );
    };
    const [first, second] = votes.map((one) => one.logIndex);
    expect(ownersUnder(first ?? 0)).toEqual([people.author.named]);
    // Both held the office when the second vote was logged: two people, as far as the root file
    // says.
    expect(ownersUnder(second ?? 0)).toEqual([people.stranger.named]);
  });
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
  retired: [{ office: 'log', validUpTo, ...keyOf(formerLogKey) }],
});
const before = rotated.scan.logIndex;

describe('a log key that was retired', () => {
  it('leaves what it signed in the log, where a proof leads to a head of the key in office', () => {
    expect(decide({ ...rotated.input, root: logRoot(before) }).kind).toBe('admitted');
  });

  it('signs no head beyond its last index', () => {
    expect(codesOf(decide({ ...rotated.input, root: logRoot(before - 1) }))).toContain(
      'statement-invalid',
    );
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
    const forged = { ...told.input, statuses: [await storyStatusOf(earlier)] };
    expect(codesOf(decide({ ...forged, root: logRoot(999) }))).toContain('log-forked');
  });

  it('counts in no other log', () => {
    const root = { ...logRoot(before), origin: 'other.example' };
    expect(codesOf(decide({ ...rotated.input, root }))).toContain('statement-invalid');
  });
});

/** A status over the first entries alone. */
async function storyStatusOf(told: Story): Promise<Uint8Array> {
  const [first] = told.publish.bundle.verificationMaterial.tlogEntries;
  const note = first.inclusionProof.checkpoint.envelope;
  return storyStatus({ note: async () => note });
}
