/** How the registry runs, for operators: which notices arrived, and which enrolments wait. */
import type { Quotas } from '../intake/quota-policy.ts';
import { count, type Html, html, moment, part, untrusted } from '../markup/markup.ts';
import type { DeliveryState } from '../notices/delivery-states.ts';
import type { Deletion, RetentionRule } from '../retention/due-files.ts';
import type { OwnedBytes, StoredBytes } from '../versions/stored-bytes.ts';
import { type PageFrame, page } from './layout.ts';

export interface OperationsView {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly deliveries: readonly DeliveryState[];
  /** Bytes of all versions. */
  readonly stored: StoredBytes;
  /** Publishers and scopes with most bytes. */
  readonly largest: readonly OwnedBytes[];
  readonly quotas: Quotas;
  readonly retention: readonly RetentionRule[];
  /** Versions that lost their files, the last first. */
  readonly deleted: readonly Deletion[];
  /** Enrolments that too few administrators have signed. */
  readonly votes: readonly {
    readonly name: string;
    readonly roles: readonly string[];
    readonly signed: number;
  }[];
  readonly votesNeeded: number;
  /** Passkeys that wait for an administrator. */
  readonly passkeys: readonly { readonly member: string; readonly createdAt: number }[];
}

/** The whole page. Nothing on it changes anything. */
export function operationsPage(frame: PageFrame, view: OperationsView): Html {
  const body = html`${part('notices', 'Notices', deliveries(view))}
${part('enrolments', 'Enrolments that wait', enrolments(view))}
${part('storage', 'Stored bytes', storage(view))}`;
  return page(frame, { title: 'Operations', at: 'operations', body, width: 'narrow' });
}

function deliveries({ deliveries, now }: OperationsView): Html {
  if (deliveries.length === 0)
    return html`<p class="empty">Nobody is told of events: there is no <code>notices.json</code>.
<a href="/review/notices.atom">The feed</a> has the last events.</p>`;
  return html`<ul class="plain-list">${deliveries.map(
    ({ label, behind, failures, failedAt }) => html`<li>${untrusted(label)}:
${
  failedAt === undefined
    ? html`<span class="quiet">${behind === 0 ? 'up to date' : `${count(behind, 'event')} to look through`}</span>`
    : html`<b>takes nothing since ${moment(failedAt.getTime(), now)}</b> <span class="quiet">${count(failures, 'attempt')}, ${count(behind, 'event')} behind</span>`
}</li>`,
  )}</ul>`;
}

function enrolments({ votes, votesNeeded, passkeys, now }: OperationsView): Html {
  if (votes.length + passkeys.length === 0)
    return html`<p class="empty">No enrolment waits for an administrator.</p>`;
  return html`<p class="quiet">Administrators sign enrolments on their own machines: <code>skillgate member list</code> prints the commands.</p>
<ul class="plain-list">${votes.map(
    ({ name, roles, signed }) =>
      html`<li>${untrusted(name)} as ${untrusted(roles.join(', '))}: ${signed} of ${votesNeeded} administrators signed</li>`,
  )}${passkeys.map(
    ({ member, createdAt }) =>
      html`<li>a passkey of ${untrusted(member)}, made ${moment(createdAt, now)}</li>`,
  )}</ul>`;
}

function storage(view: OperationsView): Html {
  const { stored, largest, quotas } = view;
  if (largest.length === 0) return html`<p class="empty">No version is stored.</p>`;
  return html`${retained(view)}
<p class="quiet">Files of all versions: ${bytes(stored)}. A file that several versions have counts for each.</p>
<ul class="plain-list">${largest.map(({ owner, ...used }) => {
    const max = owner.startsWith('@') ? quotas.scope : quotas;
    return html`<li>${untrusted(owner)}: ${bytes(used)}${quota('stored', max?.storedBytes)}${quota('waiting', max?.waitingBytes)}</li>`;
  })}</ul>`;
}

function retained({ retention, deleted, now }: OperationsView): Html {
  const rules = retention.map(
    ({ state, days }) =>
      html`<li>${state} versions lose their files after ${count(days, 'day')}</li>`,
  );
  const lost = deleted.map(
    ({ name, version, at, why }) =>
      html`<li>${untrusted(`${name}@${version}`)}: ${why} <span class="quiet">${moment(at, now)}</span></li>`,
  );
  if (rules.length === 0)
    return html`<p class="quiet">All files stay: there is no <code>retention.json</code>.</p>`;
  return html`<ul class="plain-list">${rules}${lost}</ul>`;
}

function bytes({ bytes, waiting }: StoredBytes): Html {
  return html`${count(bytes, 'byte')} <span class="quiet">(${waiting.toLocaleString('en')} of them wait for a scan or a decision)</span>`;
}

function quota(what: string, max: number | undefined): Html {
  return max === undefined ? html`` : html`, quota of ${what} bytes ${max.toLocaleString('en')}`;
}
