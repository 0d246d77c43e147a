/** What a decision says, in the words of a test. */
import type { WitnessPolicy } from '../../../../skills-index/log/witness-policy.ts';
import { hexOf } from '../../../../skills-index/skill/digest.ts';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import { type Decision, decide } from '../../../../skills-index/trust/decision/decision.ts';
import type { DecisionInput } from '../../../../skills-index/trust/decision/input.ts';
import { type Policy, policyDigest } from '../../../../skills-index/trust/policy/policy.ts';
import { type Story, storyConsistency, storyStatus, type Twist, tellStory } from '../../story.ts';
import { type TestSigner, testLogKey } from '../../story-keys.ts';

/** Demands that so many of these witnesses saw the log. */
export const witnessesOf = (threshold: number, ...names: readonly string[]): WitnessPolicy => ({
  schema: 'skillgate.witnesses/1',
  threshold,
  witnesses: names.map((name) => ({
    name,
    key: Buffer.from(testLogKey(name).publicKey).toString('base64'),
  })),
});

export const codesOf = (decision: Decision): string[] =>
  decision.kind === 'refused' ? decision.reasons.map(({ code }) => code) : [];

/** Each reason against a version with its code; none where it is admitted. */
export const says = (input: DecisionInput): string[] => {
  const decision = decide(input);
  return decision.kind === 'refused'
    ? decision.reasons.map(({ code, message }) => `${code}: ${message}`)
    : [];
};

export const reasonsOf = async (twist: Twist): Promise<string[]> =>
  says((await tellStory(twist)).input);

/** The reasons against the story under another policy, which everybody names. */
export async function reasonsUnder(policy: Policy, twist: Twist = {}): Promise<string[]> {
  const digest = policyDigest(policy);
  const { input } = await tellStory({
    approval: (predicate) => ({ ...predicate, policy: digest }),
    ...withPredicate('summary', { policy: { digest: { sha256: hexOf(digest) } } }),
    ...twist,
  });
  return says({ ...input, policy });
}

type Kind = keyof typeof predicateTypes;
/** Changes what each statement of a kind says, before it is signed. */
export const withPredicate = (kind: Kind, change: object): Twist => ({
  statement: (one) =>
    one.predicateType === predicateTypes[kind]
      ? ({ ...one, predicate: { ...one.predicate, ...change } } as Statement)
      : one,
});
export const signedBy = (kind: Kind, signer: TestSigner): Twist => ({
  signer: (one) => (one.predicateType === predicateTypes[kind] ? signer : undefined),
});

/** The evidence of a story with everything that its log has by now. */
export const withAllSaid = async ({ log, line, input }: Story): Promise<DecisionInput> => ({
  ...input,
  line: { ...line, statements: log.said.map(({ digest }) => digest) },
  statements: new Map(log.said.map(({ digest, bytes }) => [digest, bytes])),
  statuses: [await storyStatus(log)],
  consistency: storyConsistency(log),
});
