/** The desk's routes of an approval: the draft, its page, and the passkey's signature. */
import type { Context, Hono } from 'hono';
import { listCapabilities } from '../../skills-index/skill/capability.ts';
import { digestOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type ApprovalStatement,
  statementBytes,
} from '../../skills-index/statement/attestation.ts';
import { approvalChallenge } from '../../skills-index/trust/signatures/passkey.ts';
import type { EnrolledMember, Principal, Registry, VersionName } from '../context.ts';
import { capabilityText } from '../markup/capability-text.ts';
import {
  count,
  digest,
  type Html,
  html,
  isolatedText,
  part,
  term,
  typedLine,
  untrusted,
} from '../markup/markup.ts';
import { latest, readMembers } from '../people/identities.ts';
import { approveByPasskey, readDraftOf } from '../review/approval-intake.ts';
import { draftApproval } from '../review/review.ts';
import { versionIn } from '../routes/request-parts.ts';
import { approvalOptions } from '../sign-in/passkeys.ts';
import { field, show } from './frame.ts';
import { type PageFrame, page } from './layout.ts';
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

// The statement to be signed, rendered only from its own bytes, and the ways to sign it.

interface ApprovalView {
  /** Parsed only from `text`. */
  readonly statement: ApprovalStatement;
  /** The exact bytes as text. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /**
   * For a passkey: WebAuthn's PublicKeyCredentialRequestOptionsJSON with the challenge
   * SHA-256(PAE(text)).
   */
  readonly passkeyOptions: object | undefined;
  /** The statement names the viewer, and only the viewer can sign it. */
  readonly mine: boolean;
  /** The viewer's keys. Each can sign another statement instead of this one. */
  readonly keyIds: readonly string[];
}

/** The whole page. */
export function approvalPage(frame: PageFrame, view: ApprovalView): Html {
  const { name, version } = view.statement.predicate;
  const statementDigest = digestOf(view.text);
  const bytes = html`<p class="summary">${count(Buffer.byteLength(view.text), 'byte')}, canonical JSON,
${digest(statementDigest, 'long')}</p>
<pre class="bytes" tabindex="0" aria-label="the statement, byte for byte"><code dir="ltr">${isolatedText(view.text)}</code></pre>`;
  const body = html`<p class="summary">Nothing is approved yet. Read the statement before you sign it.
The desk read every line below from the statement’s own bytes.</p>
${fields(view)}
${part('sign', 'Sign it', signing(view, statementDigest))}
${part('bytes', 'The exact bytes', bytes)}
<p><a href="/review/${name}/${encodeURIComponent(version)}">Back without signing</a></p>`;
  return page(frame, { title: `Approve ${name} ${version}?`, body });
}

function fields({ statement, now }: ApprovalView): Html {
  const { predicate } = statement;
  const { reviewer } = predicate;
  const by =
    'keyId' in reviewer
      ? html`key ${digest(reviewer.keyId)}`
      : html`passkey <code>${untrusted(reviewer.credentialId)}</code>`;
  const how = predicate.independent
    ? 'independent of the desk'
    : html`<b>not</b> independent: signed through the desk`;
  const over = Date.parse(predicate.expires) < now ? html`<b>(expired)</b>` : '';
  return html`<dl class="statement">
${term('version', html`<b><bdi>${predicate.name}</bdi> ${predicate.version}</b>`)}
${term('bundle', html`${digest(predicate.bundle, 'long')}${namedFiles(statement)}`)}
${term('capabilities', mayDo(predicate))}
${term('reviewer', html`${untrusted(reviewer.member)} by ${by}`)}
${term('reason', untrusted(predicate.reason), 'reason')}
${term('scan report', html`${digest(predicate.scanReport)} by rule set ${digest(predicate.ruleSet)}`)}
${term('policy', html`${digest(predicate.policy)}, ${how}`)}
${term('sign before', html`${predicate.expires} ${over} · written with nonce <code>${untrusted(predicate.nonce)}</code>`)}
</dl>`;
}

function namedFiles({ subject }: ApprovalStatement): Html {
  const files = subject.slice(1);
  if (files.length === 0)
    return html`<span class="sub">the statement names the bundle’s digest, and no single file</span>`;
  return html`<details><summary>${count(files.length, 'file')}, each named in the statement</summary>
<ul class="plain-list">${files.map(
    (file) =>
      html`<li>${untrusted(file.name)} <code class="digest">${file.digest.sha256}</code></li>`,
  )}</ul></details>`;
}

function mayDo({ capabilities, capabilityDigest }: ApprovalStatement['predicate']): Html {
  const list = listCapabilities(capabilities);
  const under = html`<span class="sub quiet">capability digest ${digest(capabilityDigest)}</span>`;
  if (list.length === 0) return html`only read its own files${under}`;
  return html`<ul class="plain-list">${list.map(
    (capability) =>
      html`<li><span class="tag">${capability.kind}</span> <code>${untrusted(capabilityText(capability))}</code></li>`,
  )}</ul>${under}`;
}

function signing(view: ApprovalView, statementDigest: string): Html {
  const { name, version, reviewer, expires } = view.statement.predicate;
  if (!view.mine)
    return html`<p class="notice">Only ${untrusted(reviewer.member)} can sign this approval.</p>`;
  if (view.passkeyOptions === undefined) {
    return html`<p>Sign on the command line with your key. The command fetches and checks the bundle itself,
and shows the statement before it signs:</p>
${typedLine('the line to type', `skillgate review approve ${name}@${version} --statement ${statementDigest}`)}
<p class="quiet">The draft expires at ${expires}.</p>`;
  }
  const form = passkeyForm({
    action: `/review/${name}/${encodeURIComponent(version)}/approvals/${statementDigest}`,
    asks: 'get',
    options: view.passkeyOptions,
    button: 'Sign with your passkey',
    otherwise: 'The draft is kept; sign with your key instead.',
  });
  return html`<p>Your passkey signs the SHA-256 of exactly the bytes below.</p>${form}${withKeyInstead(view)}`;
}

function withKeyInstead({ statement, keyIds }: ApprovalView): Html {
  const { name, version, reason } = statement.predicate;
  const [keyId] = keyIds;
  if (keyId === undefined)
    return html`<p class="quiet">You have no enrolled key with which to sign on the command line.</p>`;
  return html`<form method="post" action="/review/${name}/${encodeURIComponent(version)}/approve">
<input type="hidden" name="reason" value="${reason}">
<input type="hidden" name="reviewer" value="key:${keyId}">
<button class="plain">Sign with my key on the command line instead</button></form>`;
}

// A form that the island fills with a passkey's answer and submits. It is hidden until the island
// has loaded.

interface PasskeyForm {
  readonly action: string;
  /** `navigator.credentials.get` or `create`. */
  readonly asks: 'get' | 'create';
  /** The options in their JSON form (WebAuthn level 3 §5.1.8 and §5.1.9). */
  readonly options: object;
  readonly button: string;
  /** Instructions for browsers without JavaScript. */
  readonly otherwise: Html | string;
}

export function passkeyForm({ action, asks, options, button, otherwise }: PasskeyForm): Html {
  return html`<form method="post" action="${action}" data-passkey="${asks}" data-options="${JSON.stringify(options)}" hidden>
<input type="hidden" name="response">
<button class="act-approve">${button}</button>
<p class="notice notice-refused" role="alert" data-error hidden></p>
</form>
<noscript><p class="notice">A passkey needs JavaScript, which is off here. ${otherwise}</p></noscript>`;
}
