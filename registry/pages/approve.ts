/** The statement that is about to be signed, rendered from its own bytes and nothing else; then the ways to sign it. */

import { listCapabilities } from '../../skills-index/skill/capability.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { ApprovalStatement } from '../../skills-index/statement/attestation.ts';
import { wordsOf } from './capability-matrix.ts';
import { key } from './key-map.ts';
import { type Frame, page } from './layout.ts';
import { count, digest, type Html, html, shown, untrusted } from './markup.ts';

export interface ApprovalView {
  /** Read from `text` and from nowhere else. */
  readonly statement: ApprovalStatement;
  /** The exact bytes as text. */
  readonly text: string;
  readonly now: number;
  /** For a passkey: WebAuthn's PublicKeyCredentialRequestOptionsJSON, whose challenge is SHA-256(PAE(text)). */
  readonly passkeyOptions: object | undefined;
  /** The statement names the viewer, who alone can sign it. */
  readonly mine: boolean;
  /** The viewer's keys, with which another statement can be written instead. */
  readonly keyIds: readonly string[];
}

/** The whole page. */
export function approvalPage(frame: Frame, view: ApprovalView): Html {
  const { name, version } = view.statement.predicate;
  const statementDigest = digestOf(view.text);
  const body = html`<p class="summary">Nothing is approved yet. Read what you are about to sign: all of it was read back from the statement’s own bytes.</p>
${fields(view)}
${signing(view, statementDigest)}
<section class="part" aria-labelledby="bytes-title"><h2 id="bytes-title">The exact bytes</h2>
<p class="summary">${count(Buffer.byteLength(view.text), 'byte')}, canonical JSON, ${digest(statementDigest, 'long')}</p>
<pre class="bytes" tabindex="0" aria-label="the statement, byte for byte"><code dir="ltr">${shown(view.text)}</code></pre></section>
<p><a href="/review/${name}/${encodeURIComponent(version)}">Back without signing</a></p>`;
  return page(frame, { title: `Approve ${name} ${version}?`, body });
}

function fields({ statement, now }: ApprovalView): Html {
  const { predicate, subject } = statement;
  const { reviewer } = predicate;
  const files = subject.slice(1);
  const capabilities = listCapabilities(predicate.capabilities);
  const expires = Date.parse(predicate.expires);
  return html`<dl class="statement"><div><dt>This version may run</dt><dd><b><bdi>${predicate.name}</bdi> ${predicate.version}</b></dd></div>
<div><dt>as exactly these bytes</dt><dd>${digest(predicate.bundle, 'long')}<details><summary>${
    files.length === 0 ? 'its files are named by the bundle only' : `${count(files.length, 'file')}, each named in the statement`
  }</summary><ul class="plain-list">${files.map((file) => html`<li>${untrusted(file.name)} <code class="digest">${file.digest.sha256}</code></li>`)}</ul></details></dd></div>
<div><dt>and may do</dt><dd>${
    capabilities.length === 0
      ? 'nothing but read its own files'
      : html`<ul class="plain-list">${capabilities.map((one) => html`<li><span class="tag">${one.kind}</span> <code>${untrusted(wordsOf(one))}</code></li>`)}</ul>`
  }<span class="sub quiet">capability digest ${digest(predicate.capabilityDigest)}</span></dd></div>
<div><dt>says</dt><dd>${untrusted(reviewer.member)} by ${'keyId' in reviewer ? html`key ${digest(reviewer.keyId)}` : html`passkey <code>${untrusted(reviewer.credentialId)}</code>`}</dd></div>
<div><dt>because</dt><dd class="reason">${untrusted(predicate.reason)}</dd></div>
<div><dt>having read</dt><dd>scan report ${digest(predicate.scanReport)} by rule set ${digest(predicate.ruleSet)}</dd></div>
<div><dt>under policy</dt><dd>${digest(predicate.policy)}, ${predicate.independent ? 'independent of the desk' : html`<b>not</b> independent: signed through the desk`}</dd></div>
<div><dt>to be signed until</dt><dd>${predicate.expires} ${expires < now ? html`<b>(over)</b>` : ''} · written with nonce <code>${untrusted(predicate.nonce)}</code></dd></div></dl>`;
}

function signing(view: ApprovalView, statementDigest: string): Html {
  const { name, version, reviewer } = view.statement.predicate;
  if (!view.mine) {
    return html`<section class="part sign" aria-labelledby="sign-title"><h2 id="sign-title">Sign it</h2><p class="notice">Only ${untrusted(reviewer.member)} can sign this.</p></section>`;
  }
  const line = html`<p>On the command line, with your key. It fetches the bundle itself, checks it and shows the statement before it signs:</p>
<pre class="line" tabindex="0" aria-label="the line to type"><code>skill review approve ${name}@${version} --statement ${statementDigest}</code></pre>`;
  if ('keyId' in reviewer || view.passkeyOptions === undefined) {
    return html`<section class="part sign" aria-labelledby="sign-title"><h2 id="sign-title">Sign it</h2>${line}<p class="quiet">The draft is kept until ${view.statement.predicate.expires}.</p></section>`;
  }
  return html`<section class="part sign" aria-labelledby="sign-title"><h2 id="sign-title">Sign it</h2>
<form method="post" action="/review/approvals/${statementDigest}" data-passkey="get" data-options="${JSON.stringify(view.passkeyOptions)}" hidden>
<input type="hidden" name="response"><p>Your passkey signs the SHA-256 of exactly these bytes.</p><button class="act-approve" ${key('s')}>Sign with your passkey</button>
<p class="notice notice-refused" role="alert" data-error hidden></p></form>
<noscript><p class="notice">A passkey needs JavaScript, which is off here. The draft is kept; sign with your key instead.</p></noscript>
${
  view.keyIds.length === 0
    ? html`<p class="quiet">You have no key for the command line.</p>`
    : html`<form method="post" action="/review/${name}/${encodeURIComponent(version)}/approve"><input type="hidden" name="reason" value="${view.statement.predicate.reason}">
<input type="hidden" name="reviewer" value="key:${view.keyIds[0] ?? ''}"><button class="plain">Sign with my key on the command line instead</button></form>`
}</section>`;
}
