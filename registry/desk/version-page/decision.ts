/**
 * A reviewer's actions on a version: approve, refuse, ask, move out of quarantine, claim. Each is a
 * form with a reason.
 */
import type { Digest } from '../../../skills-index/skill/digest.ts';
import { digest, type Html, html, moment, untrusted } from '../../markup/markup.ts';
import { reasonCharsMax } from '../../review/notes.ts';
import type { ReviewDetail } from '../../review/review.ts';

/** The viewer's keys and passkeys. */
export interface SigningMeans {
  /** Credential ids. */
  readonly passkeys: readonly string[];
  readonly keyIds: readonly Digest[];
}

export interface DecisionView {
  readonly detail: ReviewDetail;
  readonly now: number;
  readonly means: SigningMeans;
  /** Why the viewer may not approve, for example as the author; undefined when the viewer may. */
  readonly mayNotApprove: string | undefined;
  /** Whether the viewer's key started the session: everything but an approval needs that. */
  readonly mayChange: boolean;
  /** Why the policy requires more approvals than usual; empty when it does not. */
  readonly whyMore: readonly string[];
  /** The reviewer's input on a page that comes back with a rejection. */
  readonly typed?: { readonly action: string; readonly reason: string };
}

interface ReasonForm {
  readonly action: 'approve' | 'refuse' | 'ask' | 'move';
  readonly label: string;
  readonly hint: string;
  readonly button: string;
}

const reasonForms = {
  approve: {
    action: 'approve',
    label: 'Approve',
    hint: 'What you read and why the version is safe; this text is public',
    button: 'Go on to the statement',
  },
  refuse: {
    action: 'refuse',
    label: 'Refuse',
    hint: 'What is wrong with the version; this text is public',
    button: 'Refuse',
  },
  ask: {
    action: 'ask',
    label: 'Ask the author',
    hint: 'Your question; this text is public, and the version does not move',
    button: 'Ask',
  },
  move: {
    action: 'move',
    label: 'Move to review',
    hint: 'Why the quarantine was a mistake; this text is public',
    button: 'Move to review',
  },
} as const satisfies Readonly<Record<ReasonForm['action'], ReasonForm>>;

/** The panel beside a version. */
export function decisionPanel(view: DecisionView): Html {
  const { detail } = view;
  const action = `/review/${detail.name}/${encodeURIComponent(detail.version)}`;
  const open = detail.status === 'in review' || detail.status === 'quarantined';
  const moves = view.mayChange ? detail.moves : [];
  return html`<aside class="decision" aria-labelledby="decision-title"><h2 id="decision-title">Decision</h2>
${approvals(view)}
${open ? claim(view, action) : decided(detail)}
${detail.status === 'in review' ? approveForm(view, action) : ''}
${open && !view.mayChange ? keyNeeded : ''}
${moves.includes('in review') ? reasonForm(reasonForms.move, action, view) : ''}
${open && view.mayChange ? reasonForm(reasonForms.ask, action, view) : ''}
${moves.includes('refused') ? reasonForm(reasonForms.refuse, action, view) : ''}
${questions(view)}</aside>`;
}

const keyNeeded = html`<p class="quiet">To claim the review, ask the author, refuse or move the version, sign in with your key:
<code>skillgate login --browser</code></p>`;

function decided({ name, status, version }: ReviewDetail): Html {
  const closed = html`<p class="quiet">There is nothing to decide, because the version is ${status}.</p>`;
  if (status !== 'suspended') return closed;
  const which = `${name}@${version}`;
  return html`<p class="quiet">The version is suspended. These commands decide what comes next:</p>
<ul class="plain-list"><li>lift the suspension: <code>${untrusted(`skillgate review suspend ${which} --lift --reason "…"`)}</code></li>
<li>revoke the version for ever: <code>${untrusted(`skillgate review revoke ${which} --reason "…"`)}</code></li></ul>`;
}

function approvals({ detail, now, whyMore }: DecisionView): Html {
  const { total, independent } = detail.approvalsNeeded;
  const outside = detail.approvals.filter((approval) => approval.independent).length;
  return html`<p class="approvals">Approvals: <b>${detail.approvals.length} of ${total}</b>,
from outside the desk: <b>${outside} of ${independent}</b></p>
${whyMore.length === 0 ? '' : html`<p class="sub">More approvals than usual are needed, because ${untrusted(whyMore.join('; '))}.</p>`}
<ul class="plain-list">${detail.approvals.map(
    (approval) => html`<li>✓ ${untrusted(approval.reviewer)} <span class="tag">${approval.by}</span>
${approval.independent ? html`<span class="tag">independent</span>` : ''} ${moment(approval.at.getTime(), now)}
<span class="sub">${untrusted(approval.reason)}</span></li>`,
  )}</ul>`;
}

function claim({ detail, now, mayChange }: DecisionView, action: string): Html {
  const last = detail.notes.findLast((note) => note.kind === 'claimed');
  const claimText =
    last === undefined
      ? 'Nobody is reviewing this version.'
      : html`${untrusted(last.by)} claimed the review ${moment(last.at.getTime(), now)}.`;
  return html`<form method="post" action="${action}/claim" class="claim"><span class="quiet">${claimText}</span>
${mayChange ? html`<button class="plain">Claim</button>` : ''}</form>`;
}

function approveForm(view: DecisionView, action: string): Html {
  const { means, mayNotApprove } = view;
  if (mayNotApprove !== undefined) return noApproval(mayNotApprove);
  if (view.detail.seenPackages.some(({ advisories }) => advisories.some((one) => one.isMalware)))
    return noApproval('An advisory names a package of this version as malicious.');
  const choices = [
    ...means.passkeys.map((id) => ({
      value: `passkey:${id}`,
      text: html`my passkey <code title="${id}">${id.slice(0, 10)}…</code>, here in the browser`,
    })),
    ...means.keyIds.map((id) => ({
      value: `key:${id}`,
      text: html`my key ${digest(id)}, on the command line`,
    })),
  ];
  if (choices.length === 0) {
    return noApproval(
      html`You have no enrolled key or passkey yet. <a href="/review/passkeys">Add a passkey.</a>`,
    );
  }
  const radios = choices.map(
    ({ value, text }, index) => html`<label class="radio">
<input type="radio" name="reviewer" value="${value}" ${index === 0 ? 'checked' : ''}> <span>${text}</span></label>`,
  );
  const fieldset = html`<fieldset><legend>sign with</legend>${radios}</fieldset>`;
  return reasonForm(reasonForms.approve, action, view, fieldset);
}

function noApproval(why: Html | string): Html {
  return html`<section class="form"><h3>Approve</h3><p class="notice">${why}</p></section>`;
}

function reasonForm(
  form: ReasonForm,
  action: string,
  { typed }: DecisionView,
  more: Html | string = '',
): Html {
  const id = `reason-${form.action}`;
  const text = typed?.action === form.action ? typed.reason : '';
  return html`<form class="form form-${form.action}" method="post" action="${action}/${form.action}">
<h3><label for="${id}">${form.label}</label></h3>
<textarea id="${id}" name="reason" required maxlength="${reasonCharsMax}" rows="2" placeholder="${form.hint}"
 aria-describedby="${id}-hint">${text}</textarea>
<span id="${id}-hint" class="visually-hidden">${form.hint}. Required.</span>
${more}<button class="act-${form.action}">${form.button}</button></form>`;
}

function questions({ detail, now }: DecisionView): Html {
  const { askedBefore } = detail;
  const before =
    askedBefore === undefined
      ? html``
      : html`<h3>Asked about ${askedBefore.filesSince.since}</h3>${noteList(
          [
            ...askedBefore.questions.map((one) => ({ ...one, kind: 'asked' as const })),
            ...askedBefore.answers.map((one) => ({ ...one, kind: 'answered' as const })),
          ].sort((a, b) => a.at.getTime() - b.at.getTime()),
          now,
        )}`;
  const said = detail.notes.filter((note) => note.kind !== 'claimed');
  if (said.length === 0) return before;
  return html`${before}<h3>Questions and answers</h3>${noteList(said, now)}`;
}

function noteList(notes: ReviewDetail['notes'], now: number): Html {
  return html`<ul class="plain-list">${notes.map(
    ({ at, by, kind, text }) =>
      html`<li>${kind === 'answered' ? html`<span class="tag">author</span> ` : ''}${untrusted(by)} ${moment(at.getTime(), now)}<span class="sub">${untrusted(text)}</span></li>`,
  )}</ul>`;
}
