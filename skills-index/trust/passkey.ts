/** A passkey's assertion over an approval, verified from the file alone (WebAuthn level 3 §7.2). */
import { Problem } from '../skill/problem.ts';
import type { ApprovalStatement, EnrolledPasskey, PasskeyAssertion } from '../statement/attestation.ts';

/** SHA-256(PAE(S)), 32 bytes, where S is the approval without `assertion`: what the passkey is asked to sign. */
export function approvalChallenge(_statement: ApprovalStatement): Uint8Array {
  throw new Problem('internal', 'not written yet');
}

/** The approval as drafted, without `assertion`. */
export function withoutAssertion(_statement: ApprovalStatement): ApprovalStatement {
  throw new Problem('internal', 'not written yet');
}

/** Why the assertion does not hold for this challenge and passkey; none when it does. */
export function whyNotAsserted(_assertion: PasskeyAssertion, _challenge: Uint8Array, _passkey: EnrolledPasskey): string[] {
  throw new Problem('internal', 'not written yet');
}
