import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  keyStatement,
  memberStatement,
  predicateTypes,
  revocationStatement,
  type Statement,
  type StatementKind,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { kindOf } from '../../../../skills-index/statement/parse-statement.ts';
import { decide } from '../../../../skills-index/trust/decision/decision.ts';
import type { LoggedStatement } from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../../nonce.ts';
import { namedFor } from '../../../registry/road.ts';
import { people, storyRoot, tellStory } from '../../story.ts';
import type { TestSigner } from '../../story-keys.ts';

const { administrator, author, ada, stranger } = people;
/** A root file as it is made today: no statement counts without the name of its registry. */
const newRoot: RootFile = { ...storyRoot, tuf: 1 };
const own = registryIdOf(newRoot);
const other = digestOf('the first root file of another registry');

/** The story with the registry that each statement names; undefined for none. */
async function toldWith(
  root: RootFile,
  nameOf: (kind: StatementKind) => Digest | undefined,
): Promise<string[]> {
  const rename = (one: Statement): Statement => {
    const name = nameOf(kindOf(one.predicateType));
    return name === undefined ? one : namedFor(name, one);
  };
  const name = nameOf('approval');
  const { input } = await tellStory({
    statement: rename,
    approval: (one) => (name === undefined ? one : { ...one, registry: name }),
  });
  const decision = decide({ ...input, root });
  return decision.kind === 'admitted' ? [] : decision.reasons.map(({ message }) => message);
}

describe('a version', () => {
  it.each<[string, RootFile, Digest | undefined]>([
    ['whose statements name this registry', newRoot, own],
    [
      'whose statements name this registry, after a rotation',
      { ...newRoot, threshold: 1, first: own },
      own,
    ],
    [
      'from before statements named their registry, under a root file of that time',
      storyRoot,
      undefined,
    ],
    [
      'whose statements name none, up to the index that the root file says',
      { ...newRoot, unnamedUpTo: 100 },
      undefined,
    ],
    [
      'whose statements name this registry, under an old root file',
      storyRoot,
      registryIdOf(storyRoot),
    ],
  ])('%s is admitted', async (_, root, name) => {
    expect(await toldWith(root, () => name)).toEqual([]);
  });

  it.each<[StatementKind, RegExp]>([
    ['scan', /the scan at log index \d+ does not count: it was signed for the registry/],
    [
      'approval',
      /the approval of (Ada|Ben) at log index \d+ does not count: it was signed for the registry/,
    ],
    ['summary', /the verification summary does not count: it was signed for the registry/],
    ['member', /was no reviewer at that log index/],
    ['scope', /was no publisher of @acme/],
  ])('with the %s of another registry is refused', async (kind, why) => {
    for (const root of [newRoot, storyRoot]) {
      const id = registryIdOf(root);
      expect((await toldWith(root, (one) => (one === kind ? other : id))).join('\n')).toMatch(why);
    }
  });

  it('stays suspended where the lift is another registry’s, and not where it is this one’s', async () => {
    const target = { name: '@acme/weekly-report', version: '1.4.0' } as never;
    const say = (kind: 'suspended' | 'lifted', registry: Digest): Statement =>
      revocationStatement({
        registry,
        kind,
        target,
        reason: 'active exploitation',
        nonce: freshNonce(),
      });
    const withLift = async (registry: Digest): Promise<string> => {
      const { input } = await tellStory({
        statement: (one) => namedFor(own, one),
        approval: (one) => ({ ...one, registry: own }),
        before: async (log) => {
          await log.say(say('suspended', own), ada);
          await log.say(say('lifted', registry), ada);
        },
      });
      const decision = decide({ ...input, root: newRoot });
      return decision.kind === 'admitted'
        ? 'admitted'
        : decision.reasons.map(({ code }) => code).join();
    };
    expect(await withLift(other)).toBe('suspended');
    expect(await withLift(own)).toBe('admitted');
  });
});

describe('who is who', () => {
  const logged = (spoken: readonly (readonly [Statement, TestSigner])[]): LoggedStatement[] =>
    spoken.map(([statement, { keyId }], logIndex) => ({
      statement,
      signer: keyId,
      logIndex,
      digest: digestOf(`statement ${logIndex}`),
    }));
  const acme = parseScope('acme');
  const attacks: readonly (readonly [string, (registry: Digest) => Statement, TestSigner])[] = [
    [
      'the end of a key',
      (registry) => keyStatement({ registry, key: author.named, state: 'ended', validUpTo: 0 }),
      author,
    ],
    [
      'an enrolment',
      (registry) =>
        memberStatement({
          registry,
          name: 'mallory',
          roles: ['reviewer'],
          key: stranger.named,
          state: 'enrolled',
          nonce: freshNonce(),
        } as const),
      administrator,
    ],
    [
      'a word on a publisher',
      (registry) =>
        revocationStatement({
          registry,
          kind: 'revoked',
          target: { publisher: author.keyId },
          reason: 'stolen',
          nonce: freshNonce(),
        } as const),
      administrator,
    ],
  ];
  const honest = (root: RootFile): (readonly [Statement, TestSigner])[] => [
    [scopeStatement({ registry: registryIdOf(root), scope: acme, owners: [author.named] }), author],
  ];
  const standing = (root: RootFile, attack: Statement, signer: TestSigner): string => {
    const chain = chainIdentities(root, logged([...honest(root), [attack, signer]]));
    const facts = [
      chain.ownersOf(acme, 1_000).length,
      chain.isMember(stranger.keyId, 'reviewer', 1_000),
      chain.stops.stopOn({ ids: [author.keyId] }, 1_000)?.kind ?? 'no word',
    ];
    return facts.join();
  };

  it.each(attacks)(
    'is not changed by %s of another registry, and is by this one’s',
    (_, make, signer) => {
      const untouched = '1,false,no word';
      expect(standing(newRoot, make(other), signer)).toBe(untouched);
      expect(standing(storyRoot, make(other), signer)).toBe(untouched);
      expect(standing(newRoot, make(own), signer)).not.toBe(untouched);
    },
  );
});

describe('the name of a registry', () => {
  it('is in none of the statements that are carried on', async () => {
    const { publish } = await tellStory({ statement: (one) => namedFor(own, one) });
    expect(publish.statement.predicateType).toBe(predicateTypes.publish);
    expect(publish.statement.predicate).not.toHaveProperty('registry');
  });
});
