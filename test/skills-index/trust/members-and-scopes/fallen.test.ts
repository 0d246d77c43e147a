import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  keyStatement,
  type MemberPredicate,
  memberStatement,
  predicateTypes,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import {
  couldPublish,
  whyFallen,
} from '../../../../skills-index/trust/members-and-scopes/fallen.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot } from '../../story.ts';
import type { TestSigner } from '../../story-keys.ts';

const { administrator, author, ada, ben, scanner, stranger } = people;
const scope = parseScope('acme');
const published = { scope, publisher: author.keyId };

const enrol = (more: Partial<MemberPredicate>): Statement =>
  memberStatement({
    nonce: freshNonce(),
    name: 'Ada',
    roles: ['reviewer'],
    state: 'enrolled',
    ...more,
  });

/**
 * The story's people from log index 5 on. From log index 7 on, neither the publisher's and the
 * scanner's keys nor Ada's key and Ben's passkey count any more.
 */
function identities() {
  const ended = { state: 'ended', validUpTo: 6 } as const;
  const spoken: readonly (readonly [Statement, TestSigner])[] = [
    [scopeStatement({ scope, owners: [stranger.named, author.named] }), stranger],
    [enrol({ name: 'Scanner', roles: ['scanner'], key: scanner.named }), administrator],
    [enrol({ key: ada.named }), administrator],
    [enrol({ name: 'Ben', passkey: ben.enrolled }), administrator],
    [enrol({ name: 'Clerk', roles: ['administrator'], key: stranger.named }), administrator],
    ...[author, scanner, ada].map(
      ({ named }) => [keyStatement({ key: named, ...ended }), administrator] as const,
    ),
    [enrol({ name: 'Ben', passkey: ben.enrolled, ...ended }), administrator],
  ];
  return chainIdentities(
    storyRoot,
    spoken.map(([statement, { keyId }], nth) => ({
      statement,
      signer: keyId,
      logIndex: nth < 5 ? nth : nth + 10,
      digest: digestOf(`statement ${nth}`),
    })),
  );
}

const statement = (kind: keyof typeof predicateTypes, predicate: object = {}): Statement =>
  ({ predicateType: predicateTypes[kind], predicate }) as Statement;
const approval = (reviewer: object): Statement => statement('approval', { reviewer });
const byAda = approval({ member: 'Ada', keyId: ada.keyId });
const byBen = approval({ member: 'Ben', credentialId: ben.enrolled.credentialId });
const byClerk = approval({ member: 'Clerk', keyId: stranger.keyId });

describe('a statement about a version', () => {
  it.each<[string, Statement, TestSigner, number, string | undefined]>([
    ['a publication in time', statement('publish'), author, 6, undefined],
    [
      'a publication after the last log index of the publisher’s key',
      statement('publish'),
      author,
      7,
      `it was published at log index 7, when the key ${author.keyId} no longer counted`,
    ],
    ['a scan in time', statement('scan'), scanner, 6, undefined],
    [
      'a scan after the last log index of the scanner’s key',
      statement('scan'),
      scanner,
      7,
      'it was scanned at log index 7, when the scanner no longer counted',
    ],
    ['an approval in time', byAda, ada, 6, undefined],
    [
      'an approval after the last log index of the reviewer’s key',
      byAda,
      ada,
      7,
      'it was approved at log index 7 by Ada, who no longer counted',
    ],
    ['an approval by passkey in time', byBen, people.registry, 6, undefined],
    [
      'an approval by passkey after the last log index of the passkey',
      byBen,
      people.registry,
      7,
      'it was approved at log index 7 by Ben, who no longer counted',
    ],
    [
      'an approval by a member who is no reviewer',
      byClerk,
      stranger,
      6,
      'it was approved at log index 6 by Clerk, who no longer counted',
    ],
    ['a verification summary, which no person signs', statement('summary'), ada, 7, undefined],
  ])('is judged by all that is known today: %s', (_, one, { keyId }, logIndex, why) => {
    expect(whyFallen(identities(), published, { statement: one, signer: keyId, logIndex })).toBe(
      why,
    );
  });
});

describe('a publisher', () => {
  it.each<[string, TestSigner, number, boolean]>([
    ['among the owners', author, 6, true],
    ['among the owners, whose key was ended', author, 7, false],
    ['among the owners, whose key was not ended', stranger, 7, true],
    ['before the claim of the scope', author, 0, false],
    ['who is no owner', ada, 6, false],
  ])('%s', (_, { keyId }, logIndex, could) => {
    expect(couldPublish(identities(), { scope, publisher: keyId }, logIndex)).toBe(could);
  });
});
