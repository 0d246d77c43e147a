import { beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import {
  type ApprovalStatement,
  predicateTypes,
} from '../../../../skills-index/statement/attestation.ts';
import {
  type ApprovalContext,
  whyNotCounted,
} from '../../../../skills-index/trust/decision/judge.ts';
import type { Identities } from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { defaultPolicy, policyDigest } from '../../../../skills-index/trust/policy/policy.ts';
import { people, type Story, storyNow, storyRoot, tellStory } from '../../story.ts';

type Change = (statement: ApprovalStatement) => ApprovalStatement;

describe('an approval does not count', () => {
  let story: Story;
  let chain: Identities;
  let version: ApprovalContext['version'];
  let scan: ApprovalContext['scan'];
  let byAda: { statement: ApprovalStatement; logIndex: number };
  beforeAll(async () => {
    story = await tellStory();
    chain = chainIdentities(storyRoot, story.identities);
    version = story.about;
    if (story.scan.statement.predicateType !== predicateTypes.scan) throw new Error('no scan');
    scan = { ...story.scan.statement.predicate, logIndex: story.scan.logIndex };
    const said = story.approvals.find((one) => one.signer === people.ada.keyId);
    if (said?.statement.predicateType !== predicateTypes.approval)
      throw new Error('Ada said nothing');
    byAda = { statement: said.statement, logIndex: said.logIndex };
  });

  const why = (
    change: Change,
    other: { signer?: typeof people.ada.keyId; against?: Partial<ApprovalContext> } = {},
  ): string[] => {
    const context = {
      root: storyRoot,
      policy: defaultPolicy,
      identities: chain,
      version,
      publish: { signer: people.author.keyId, logIndex: story.publish.logIndex },
      ...(scan && { scan }),
      at: storyNow,
      ...other.against,
    };
    return whyNotCounted(
      {
        statement: change(byAda.statement),
        signer: other.signer ?? people.ada.keyId,
        logIndex: byAda.logIndex,
      },
      context,
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
    ['another version', () => why(predicate({ name: '@acme/daily-report' as never }))],
    ['another version', () => why(predicate({ version: '9.9.9' as never }))],
    ['another version', () => why(predicate({ bundle: digestOf('x') }))],
    [
      'other capabilities than the index shows',
      () => why(same, { against: { capabilityDigest: digestOf('x') } }),
    ],
    ['another rule set', () => why(predicate({ ruleSet: digestOf('x') }))],
    ['another scan report', () => why(predicate({ scanReport: digestOf('x') }))],
    [
      'before the scan',
      () => why(same, { against: { scan: { ...required(scan), logIndex: 99 } } }),
    ],
    ['another policy', () => why(predicate({ policy: digestOf('x') }))],
    ['draft expired', () => why(predicate({ expires: '2026-03-01T00:00:00.000Z' }))],
    ['the key that it names did not sign it', () => why(same, { signer: people.scanner.keyId })],
    [
      'the key that it names did not sign it',
      () => why(predicate({ assertion: people.ben.assert(Buffer.alloc(32)) })),
    ],
    [
      'no reviewer',
      () =>
        why(predicate({ reviewer: { member: 'scanner', keyId: people.scanner.keyId } }), {
          signer: people.scanner.keyId,
        }),
    ],
    [
      'its signer is Ada',
      () => why(predicate({ reviewer: { member: 'ben', keyId: people.ada.keyId } })),
    ],
    [
      'cannot approve their own version',
      () => why(same, { against: { publish: { signer: people.ada.keyId, logIndex: 1 } } }),
    ],
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

  it('but one of an author does, under the policy of one person alone', () => {
    const publish = { signer: people.ada.keyId, logIndex: story.publish.logIndex };
    const alone = { ...defaultPolicy, alone: true } as const;
    const underIt = predicate({ policy: policyDigest(alone) });
    expect(why(underIt, { against: { publish, policy: alone } })).toEqual([]);
  });
});

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}
