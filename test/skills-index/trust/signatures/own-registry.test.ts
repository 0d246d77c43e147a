import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import {
  keyStatement,
  type Statement,
  type StatementKind,
} from '../../../../skills-index/statement/attestation.ts';
import { kindOf } from '../../../../skills-index/statement/parse-statement.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../../../skills-index/trust/signatures/own-registry.ts';
import { namedFor } from '../../../registry/road.ts';
import { storyRoot, tellStory } from '../../story.ts';
import type { TestSigner } from '../../story-keys.ts';
import { says } from '../decision/judged.ts';
import { ada, administrator, author, claim, enrol, stop, stranger } from '../decision/withheld.ts';
import { acme, chainUnder, late } from '../members-and-scopes/spoken.ts';

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
  return says({ ...input, root });
}

describe('a version', () => {
  it.each<[string, RootFile, Digest | undefined]>([
    ['whose statements name this registry', newRoot, own],
    [
      'whose statements name none, up to the index that the root file says',
      { ...newRoot, unnamedUpTo: 100 },
      undefined,
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
    const withLift = async (registry: Digest): Promise<string[]> => {
      const { input } = await tellStory({
        statement: (one) => namedFor(own, one),
        approval: (one) => ({ ...one, registry: own }),
        before: async (log) => {
          await log.say(stop('suspended', { target, registry: own }), ada);
          await log.say(stop('lifted', { target, registry }), ada);
        },
      });
      return says({ ...input, root: newRoot });
    };
    expect(await withLift(other)).toEqual([expect.stringMatching(/^suspended: /)]);
    expect(await withLift(own)).toEqual([]);
  });
});

describe('who is who', () => {
  const standing = (root: RootFile, attack: Statement, signer: TestSigner): string => {
    const honest = namedFor(registryIdOf(root), claim('acme', [author]));
    const chain = chainUnder(root, [honest, author], [attack, signer]);
    const facts = [
      chain.ownersOf(acme, late).length,
      chain.isMember(stranger.keyId, 'reviewer', late),
      chain.stops.stopOn({ ids: [author.keyId] }, late)?.kind ?? 'no word',
    ];
    return facts.join();
  };

  it.each<[string, Statement, TestSigner]>([
    ['the end of a key', keyStatement({ key: author.named, state: 'ended', validUpTo: 0 }), author],
    ['an enrolment', enrol('mallory', { key: stranger.named }), administrator],
    ['a word on a publisher', stop('revoked'), administrator],
  ])('is not changed by %s of another registry, and is by this one’s', (_, said, signer) => {
    const untouched = '1,false,no word';
    expect(standing(newRoot, namedFor(other, said), signer)).toBe(untouched);
    expect(standing(storyRoot, namedFor(other, said), signer)).toBe(untouched);
    expect(standing(newRoot, namedFor(own, said), signer)).not.toBe(untouched);
  });
});
