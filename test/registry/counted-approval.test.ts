import { beforeAll, describe, expect, it } from 'vitest';
import { whyNotCounted } from '../../registry/approvals.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { type ApprovalStatement, memberStatement, predicateTypes } from '../../skills-index/statement/attestation.ts';
import { chainIdentities, type Identities } from '../../skills-index/trust/identity.ts';
import { defaultPolicy } from '../../skills-index/trust/policy.ts';
import { freshNonce } from '../nonce.ts';
import { people, type Story, storyNow, storyRoot, tellStory } from '../skills-index/story.ts';

type Change = (statement: ApprovalStatement) => ApprovalStatement;
type Against = Parameters<typeof whyNotCounted>[2];

describe('an approval does not count', () => {
  let story: Story;
  let chain: Identities;
  let version: Against['version'];
  let byAda: { statement: ApprovalStatement; logIndex: number };
  beforeAll(async () => {
    story = await tellStory();
    chain = chainIdentities(storyRoot, story.identities);
    version = { ...story.about, publisher: people.author.keyId, report: digestOf(story.input.report) };
    const said = story.approvals.find((one) => one.signer === people.ada.keyId);
    if (said?.statement.predicateType !== predicateTypes.approval) throw new Error('Ada said nothing');
    byAda = { statement: said.statement, logIndex: said.logIndex };
  });

  const why = (change: Change, other: { signer?: typeof people.ada.keyId; against?: Partial<Against> } = {}): string[] => {
    const against = { version, policy: defaultPolicy, chain, now: new Date(storyNow), ...other.against };
    return whyNotCounted(
      change(byAda.statement),
      { signer: other.signer ?? people.ada.keyId, logIndex: byAda.logIndex },
      against,
    );
  };
  const predicate =
    (part: Partial<ApprovalStatement['predicate']>): Change =>
    (one) => ({ ...one, predicate: { ...one.predicate, ...part } });
  const same: Change = (one) => one;

  it('unless everything is right (so the cases below test what they say)', () => {
    expect(why(same)).toEqual([]);
  });

  it.each<[string, () => string[]]>([
    ['another version', () => why(predicate({ version: '9.9.9' as never }))],
    ['other bytes', () => why(predicate({ bundle: digestOf('x') }))],
    ['another scan report', () => why(predicate({ scanReport: digestOf('x') }))],
    ['another scan report', () => why(same, { against: { version: { ...version, report: null } } })],
    ['another policy', () => why(predicate({ policy: digestOf('x') }))],
    ['has expired', () => why(predicate({ expires: '2026-03-01T00:00:00.000Z' }))],
    ['another key than it names', () => why(same, { signer: people.scanner.keyId })],
    [
      'no reviewer',
      () => why(predicate({ reviewer: { member: 'scanner', keyId: people.scanner.keyId } }), { signer: people.scanner.keyId }),
    ],
    ['another member than it names', () => why(predicate({ reviewer: { member: 'ben', keyId: people.ada.keyId } }))],
    ['never approves their own', () => why(same, { against: { version: { ...version, publisher: people.ada.keyId } } })],
    ['no reviewer', () => why(predicate({ reviewer: { member: 'ben', credentialId: 'unknown' } }))],
    [
      'no assertion',
      () =>
        why(
          predicate({
            reviewer: {
              member: chain.passkeyOf(people.ben.enrolled.credentialId, 99)?.member.name ?? '',
              credentialId: people.ben.enrolled.credentialId,
            },
          }),
        ),
    ],
  ])('when: %s', (reason, reasons) => {
    expect(reasons().join('; ')).toContain(reason);
  });

  it('when the author is the same member under another key', async () => {
    const twin = memberStatement({
      nonce: freshNonce(),
      name: 'Ada',
      roles: ['reviewer'],
      key: people.author.named,
      state: 'enrolled',
    });
    const other = await tellStory({ before: (log) => log.say(twin, people.administrator) });
    const both = chainIdentities(storyRoot, other.identities);
    expect(why(same, { against: { chain: both } })).toContain('an author never approves their own');
  });
});
