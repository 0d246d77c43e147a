/** What a decision says, in the words of a test. */
import type { WitnessPolicy } from '../../../../skills-index/log/witness-policy.ts';
import { type Decision, decide } from '../../../../skills-index/trust/decision/decision.ts';
import type { DecisionInput } from '../../../../skills-index/trust/decision/input.ts';
import { testLogKey } from '../../story-keys.ts';

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
