/**
 * A verified report as a page for people: a table for each list of facts, without a script and
 * without an outside address. Every value is escaped, isolated from the direction of the text
 * around it, and its invisible characters are spelled out.
 */
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { terminalSafe } from '../terminal/output.ts';
import type { Claim } from './claim.ts';
import type { EvidenceReport } from './report.ts';

type Markup = ReturnType<typeof html>;

const styles = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 1rem }
div { overflow-x: auto }
table { border-collapse: collapse }
th, td { border: 1px solid #8888; padding: .2rem .5rem; text-align: left; vertical-align: top }
`;
const digest = createHash('sha256').update(styles).digest('base64');

/** @param claims as the reader's own program checked them */
export async function pageOf(
  { facts, hosts, since, generated, signer, tool }: EvidenceReport,
  claims: readonly Claim[],
): Promise<string> {
  const period = `${since === null ? 'All lines' : `Since ${since}`} until ${generated}`;
  const agents = hosts.flatMap((host) => host.agents.map((one) => ({ host: host.name, ...one })));
  return String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${digest}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evidence report of Skillgate</title>
<style>${raw(styles)}</style>
</head>
<body>
<h1>Evidence report</h1>
<p>${text(period)}, made by ${text(tool)}, signed with the key ${text(signer.keyId)} (${text(signer.name)}).</p>
<main>
${tableOf('How each claim was checked', claims)}
${tableOf('Revocations and reactions', facts.reactions)}
${tableOf('Incidents', facts.incidents)}
${tableOf('Runs that ended early', facts.stops)}
${tableOf('Breakers', facts.breakers)}
${tableOf('Holds and answers', facts.holds)}
${tableOf('Agents and skills', facts.uses)}
${tableOf('Versions and their approvals', facts.versions)}
${tableOf('Days', facts.days)}
${tableOf('Audit logs of hosts', facts.hosts)}
${tableOf('Identities of agents', agents)}
${facts.omitted === 0 ? '' : html`<p>${facts.omitted} rows beyond the longest list are not shown.</p>`}
</main>
</body>
</html>
`,
  );
}

/** A row for each object, a column for each of its members. */
function tableOf(title: string, rows: readonly object[]): Markup {
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const body =
    rows.length === 0
      ? html`<p>There is none in the period.</p>`
      : html`<div tabindex="0" role="group" aria-label="${title}"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${heads.map((head) => html`<td>${cell(Reflect.get(row, head))}</td>`)}</tr>\n`)}</tbody>
</table></div>`;
  return html`<section><h2>${title}</h2>
${body}
</section>
`;
}

function cell(value: unknown): Markup | readonly Markup[] {
  if (Array.isArray(value)) return value.map((one) => html`${cell(one)}<br>`);
  if (typeof value !== 'object' || value === null) return text(value === null ? '–' : value);
  return Object.entries(value).map(([key, one]) => html`${text(key)}: ${cell(one)}<br>`);
}

/** Text that somebody else wrote. */
function text(value: unknown): Markup {
  return html`<bdi>${terminalSafe(String(value))}</bdi>`;
}
