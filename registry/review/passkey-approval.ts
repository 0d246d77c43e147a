/**
 * Approvals by passkey: judges the assertion of a browser as installers will, and takes it over a
 * draft.
 */
import * as v from 'valibot';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type {
  ApprovalStatement,
  PasskeyAssertion,
} from '../../skills-index/statement/attestation.ts';
import { approvalChallenge } from '../../skills-index/trust/signatures/passkey.ts';
import type { Actor, Registry, VersionName } from '../context.ts';
import { isLate } from '../intake/replays.ts';
import type { LoggedAt } from '../log/appending.ts';
import { latest, readMembers, requireRole } from '../people/identities.ts';
import { requireAsserted } from '../sign-in/webauthn.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { approvedBefore, readDraftOf, takePasskeyApproval } from './approval-intake.ts';
import type { AppliedDecision } from './review.ts';

/**
 * Takes a passkey's assertion over a draft as an approval.
 * @param signed.assertion WebAuthn's AuthenticationResponseJSON, unparsed
 * @throws Problem `approval-refused`, `request-invalid`, `not-found`, `move-illegal`
 */
export async function approveByPasskey(
  registry: Registry,
  actor: Actor,
  signed: VersionName & { readonly digest: Digest; readonly assertion: unknown },
): Promise<AppliedDecision> {
  const { name: member } = requireRole(actor, ['reviewer']);
  const draft = await readDraftOf(registry, signed, signed.digest);
  if (draft.predicate.reviewer.member !== member) {
    throw new Problem(
      'approval-refused',
      'This approval was drafted for another reviewer than the one who is signed in',
    );
  }
  const assertion = parseAssertion(signed.assertion);
  const before = await approvedBefore(registry, draft, assertion);
  if (before !== undefined) return appliedOf(registry, draft, before);
  const { chain } = await readMembers(registry);
  const enrolled = chain.passkeyOf(assertion.credentialId, latest);
  if (enrolled !== undefined) {
    requireAsserted(assertion, approvalChallenge(draft), enrolled.passkey);
  }
  return appliedOf(registry, draft, await takeOnce(registry, draft, assertion));
}

/** Of two requests with one assertion, the slower gets the answer of the faster. */
async function takeOnce(
  registry: Registry,
  draft: ApprovalStatement,
  assertion: PasskeyAssertion,
): Promise<LoggedAt> {
  try {
    return await takePasskeyApproval(registry, draft, assertion);
  } catch (error) {
    const logged = isLate(error) ? await approvedBefore(registry, draft, assertion) : undefined;
    if (logged === undefined) throw error;
    return logged;
  }
}

async function appliedOf(
  registry: Registry,
  draft: ApprovalStatement,
  { digest, logIndex }: LoggedAt,
): Promise<AppliedDecision> {
  return { digest, logIndex, status: (await requireVersion(registry, draft.predicate)).status };
}

const base64url = v.pipe(v.string(), v.regex(/^[\w-]+$/), v.maxLength(8_192));
const assertionForm = v.object({
  id: base64url,
  response: v.object({
    authenticatorData: base64url,
    clientDataJSON: base64url,
    signature: base64url,
  }),
});

/**
 * Parses WebAuthn's AuthenticationResponseJSON (level 3 §5.1) into the four parts that a statement
 * carries.
 */
function parseAssertion(value: unknown): PasskeyAssertion {
  const parsed = v.safeParse(assertionForm, value);
  if (!parsed.success)
    throw new Problem(
      'request-invalid',
      'The passkey’s response is not an AuthenticationResponseJSON',
    );
  const { authenticatorData, clientDataJSON, signature } = parsed.output.response;
  return { credentialId: parsed.output.id, authenticatorData, clientDataJSON, signature };
}
