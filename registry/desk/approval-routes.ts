/** The desk's routes of an approval: the draft, its page, and the passkey's signature. */
import type { Context, Hono } from 'hono';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type ApprovalStatement,
  statementBytes,
} from '../../skills-index/statement/attestation.ts';
import { approvalChallenge } from '../../skills-index/trust/signatures/passkey.ts';
import type { EnrolledMember, Principal, Registry, VersionName } from '../context.ts';
import { latest, readMembers } from '../people/identities.ts';
import { readDraftOf } from '../review/approval-intake.ts';
import { approveByPasskey } from '../review/passkey-approval.ts';
import { draftApproval } from '../review/review.ts';
import { versionIn } from '../routes/describe.ts';
import { approvalOptions } from '../sign-in/passkeys.ts';
import { approvalPage } from './approve.ts';
import { field, show } from './frame.ts';
import { requireReader, requireSigner } from './sign-in/reader.ts';
import type { SigningMeans } from './version-page/decision.ts';

/** Routes below /review for approvals. */
export function approvalRoutes(app: Hono, registry: Registry): void {
  const path = '/:scope/:name/:version/approvals/:digest';
  app.get(path, (context) => approval(registry, context));
  app.post(path, async (context) => {
    const member = await requireSigner(registry, context);
    const { name, version } = versionIn(context);
    const digest = parseDigest(context.req.param('digest'));
    const { reviewer } = (await readDraftOf(registry, { name, version }, digest)).predicate;
    const actor = { subject: signerIn(reviewer), member };
    const assertion = parseJsonField(await field(context, 'response'));
    await approveByPasskey(registry, actor, { name, version, digest, assertion });
    return context.redirect(`${pageOf({ name, version })}?done=signed`, 303);
  });
}

/** A version, and the reviewer's text about it. */
export type Reasoned = VersionName & { readonly reason: string };

/** Drafts the approval, which counts once the reviewer's passkey or key has signed it. */
export async function beginApproval(
  registry: Registry,
  context: Context,
  what: Reasoned,
): Promise<Response> {
  const member = await requireSigner(registry, context);
  const subject = await chosenReviewer(registry, context, member);
  const wanted = { ...what, independent: false, reviewer: subject };
  const draft = await draftApproval(registry, { subject, member }, wanted);
  return context.redirect(`${pageOf(what)}/approvals/${draft.digest}`, 303);
}

async function approval(registry: Registry, context: Context): Promise<Response> {
  const { member, mayReview } = await requireReader(registry, context);
  const digest = parseDigest(context.req.param('digest') ?? '');
  const statement = await readDraftOf(registry, versionIn(context), digest);
  const { reviewer } = statement.predicate;
  const passkeyOptions =
    'credentialId' in reviewer
      ? await approvalOptions(registry, reviewer.credentialId, approvalChallenge(statement))
      : undefined;
  const { keyIds } = await meansOf(registry, member);
  const mine = mayReview && reviewer.member === member?.name;
  const text = Buffer.from(statementBytes(statement)).toString('utf8');
  const view = { statement, text, now: registry.now().getTime(), passkeyOptions, mine, keyIds };
  return show(registry, context, (frame) => approvalPage(frame, view));
}

function pageOf({ name, version }: VersionName): string {
  return `/review/${name}/${encodeURIComponent(version)}`;
}

/** The keys and passkeys of a member. */
export async function meansOf(
  registry: Registry,
  member: EnrolledMember | undefined,
): Promise<SigningMeans> {
  if (member === undefined) return { passkeys: [], keyIds: [] };
  const { chain } = await readMembers(registry);
  return {
    passkeys: chain.passkeysOf(member.name, latest).map((passkey) => passkey.credentialId),
    keyIds: chain.keysOf(member.name, latest),
  };
}

async function chosenReviewer(
  registry: Registry,
  context: Context,
  member: EnrolledMember,
): Promise<Principal> {
  const chosen = await field(context, 'reviewer');
  const { passkeys, keyIds } = await meansOf(registry, member);
  const credentialId = passkeys.find((id) => chosen === `passkey:${id}`);
  if (credentialId !== undefined) return { kind: 'passkey', credentialId };
  const keyId = keyIds.find((id) => chosen === `key:${id}`);
  if (keyId !== undefined) return { kind: 'key', keyId };
  throw new Problem('request-invalid', 'Choose the key or passkey that signs the approval', {
    hint: 'Choose one of your own enrolled keys or passkeys.',
  });
}

function signerIn(reviewer: ApprovalStatement['predicate']['reviewer']): Principal {
  return 'keyId' in reviewer
    ? { kind: 'key', keyId: reviewer.keyId }
    : { kind: 'passkey', credentialId: reviewer.credentialId };
}

function parseJsonField(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem('request-invalid', 'The browser sent no passkey response', { cause });
  }
}
