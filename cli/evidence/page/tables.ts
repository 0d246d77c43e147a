/** The tables of a report's page. */
import { count } from '../../terminal/output.ts';
import type { Claim, Standing } from '../claim.ts';
import type { ReactionRow } from '../facts.ts';
import type { EvidenceReport } from '../report.ts';
import { digest, html, type Markup, moment, tableOf, text } from './markup.ts';

export function reactionTable(rows: readonly ReactionRow[]): Markup {
  const most = Math.max(1, ...rows.map(({ seconds }) => seconds ?? 0));
  return tableOf(
    ['version', 'since', 'host', 'first refusal', 'reaction', 'starts in between'],
    rows.map(({ host, name, version, kind, since, stopped, seconds, startsAfter }) => [
      html`${text(`${name}@${version}`)} <span class="mark mark-refused">${text(kind)}</span>`,
      moment(since),
      text(host),
      moment(stopped),
      seconds === null
        ? html`none in the period`
        : html`${count(seconds, 'second')}<svg class="reaction" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect x="0" y="0" width="${Math.max(1, Math.round((seconds * 100) / most))}" height="8"/></svg>`,
      html`${startsAfter}`,
    ]),
    'No host met a version that its registry had revoked or suspended.',
  );
}

export function incidentTable({ facts }: EvidenceReport): Markup {
  return tableOf(
    ['incident', 'at', 'host', 'agent', 'version', 'place', 'report'],
    facts.incidents.map((row) => [
      html`<span class="mark mark-false">${text(row.rule)}</span>`,
      moment(row.at),
      text(row.host),
      text(row.agent),
      text(subject(row)),
      text(row.place),
      digest(row.report),
    ]),
    'No incident is in the period.',
  );
}

export function stopTable({ facts }: EvidenceReport): Markup {
  return tableOf(
    ['run ended early', 'at', 'host', 'agent', 'version'],
    facts.stops.map((row) => [
      text(row.reason),
      moment(row.at),
      text(row.host),
      text(row.agent),
      text(subject(row)),
    ]),
    'Skillgate ended no run early.',
  );
}

export function breakerTable({ facts }: EvidenceReport): Markup {
  return tableOf(
    ['breaker', 'at', 'host', 'agent', 'version', 'why'],
    facts.breakers.map((row) => [
      text(row.state),
      moment(row.at),
      text(row.host),
      text(row.agent),
      text(subject(row)),
      text(`${row.counter}: ${row.why}`),
    ]),
    'No breaker opened.',
  );
}

export function holdTable({ facts }: EvidenceReport): Markup {
  return tableOf(
    ['hold', 'at', 'host', 'agent', 'action', 'end', 'answer', 'after'],
    facts.holds.map((row) => [
      html`${text(row.hold)}<br>${text(row.rule)}`,
      moment(row.at),
      text(row.host),
      text(row.agent),
      text(row.what),
      html`<span class="mark mark-${row.state === 'allowed' ? 'verified' : 'open'}">${text(row.state)}</span>`,
      text(row.why),
      text(row.seconds === null ? null : count(row.seconds, 'second')),
    ]),
    'No action waited for a person.',
  );
}

export function useTable({ facts }: EvidenceReport): Markup {
  return tableOf(
    ['agent', 'version', 'hosts', 'starts', 'refused', 'requests', 'denied', 'first', 'last'],
    facts.uses.map((row) => [
      text(row.agent),
      text(subject(row)),
      text(row.hosts.join(', ')),
      html`${row.starts}`,
      html`${row.refused}`,
      html`${row.allowed}`,
      html`${row.denied}`,
      moment(row.first),
      moment(row.last),
    ]),
    'Nothing ran in the period.',
  );
}

function subject({
  skill,
  version,
}: {
  readonly skill: string | null;
  readonly version: string | null;
}): string | null {
  return version === null ? skill : `${skill}@${version}`;
}

export function hostParts({ hosts, facts }: EvidenceReport): Markup[] {
  return hosts.map(({ name, agents, locked, policy, damage, audit }, at) => {
    const { lines = 0, first = null, last = null } = facts.hosts[at] ?? {};
    return html`<article class="version"><h3>${text(name)}</h3>
<p>${count(lines, 'audit line')} from ${moment(first)} to ${moment(last)}; audit key ${digest(audit?.key?.keyId ?? null)}; digest of host policy ${digest(policy?.digest ?? null)}; ${count(locked.length, 'locked version')}.</p>
${damage.map(({ part, why }) => html`<p><span class="mark mark-open">not read</span> ${text(part)}: ${text(why)}</p>`)}
${tableOf(
  ['agent', 'created', 'ends', 'revoked', 'may start', 'may use at most'],
  agents.map((agent) => [
    text(agent.name),
    moment(agent.created),
    moment(agent.expires),
    moment(agent.revoked),
    html`${agent.grants.map((grant) => html`${text(grant)}<br>`)}`,
    html`${agent.ceiling.map((capability) => html`<code>${text(capability)}</code><br>`)}`,
  ]),
  'The host has no identities of agents.',
)}
<p class="quiet">Holds: ${text((policy?.holds ?? []).map((rule) => rule.name).join(', ') || 'no rule')}. Approvers: ${text((policy?.approvers ?? []).map((one) => one.name).join(', ') || 'nobody')}.</p>
</article>
`;
  });
}

const words: Readonly<Record<Standing, string>> = {
  verified: 'verified by',
  stated: 'stated',
  open: 'could not be verified',
  false: 'contradicted',
};

export function claimTable(claims: readonly Claim[]): Markup {
  return tableOf(
    ['claim', 'about', 'standing', 'how'],
    claims.map(({ about, says, standing, why }) => [
      text(says),
      text(about),
      html`<span class="mark mark-${standing}">${words[standing]}</span>`,
      text(why),
    ]),
    'There is no claim.',
  );
}
