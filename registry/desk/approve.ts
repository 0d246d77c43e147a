/** The statement to be signed, rendered only from its own bytes, and the ways to sign it. */
import { listCapabilities } from '../../skills-index/skill/capability.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { ApprovalStatement } from '../../skills-index/statement/attestation.ts';
import { wordsOf } from '../markup/capability-words.ts';
import {
  count,
  digest,
  type Html,
  html,
  part,
  shown,
  term,
  typedLine,
  untrusted,
} from '../markup/markup.ts';
import { type PageFrame, page } from './layout.ts';
import { passkeyForm } from './passkey-form.ts';

export interface ApprovalView {
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
<pre class="bytes" tabindex="0" aria-label="the statement, byte for byte"><code dir="ltr">${shown(view.text)}</code></pre>`;
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
      html`<li><span class="tag">${capability.kind}</span> <code>${untrusted(wordsOf(capability))}</code></li>`,
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
