/**
 * The page of a report for people: one HTML file without a script and without an outside address.
 * The page is a function of the signed JSON inside, so that a verifier makes the page again and
 * compares.
 */
import { createHash } from 'node:crypto';
import { raw } from 'hono/html';
import { count } from '../../terminal/output.ts';
import type { Claim } from '../claim.ts';
import type { ComputedFacts } from '../compute-facts.ts';
import type { EvidenceReport } from '../report.ts';
import { html, type Markup, section, text } from './markup.ts';
import { styles } from './styles.ts';
import {
  breakerTable,
  claimTable,
  holdTable,
  hostParts,
  incidentTable,
  reactionTable,
  stopTable,
  useTable,
} from './tables.ts';
import { timeline } from './timeline.ts';
import { capabilityTable, versionParts } from './versions.ts';

export interface ReportPage {
  readonly report: EvidenceReport;
  readonly computed: ComputedFacts;
  /** Without keys that only one reader knows. */
  readonly claims: readonly Claim[];
  /** The signed JSON. */
  readonly json: string;
}

const begin = 'href="data:application/json;base64,';
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(styles).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The signed JSON in a page; undefined for bytes that are no page. */
export function jsonInPage(bytes: Uint8Array): Buffer | undefined {
  const page = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!page.subarray(0, 15).equals(Buffer.from('<!doctype html>'))) return undefined;
  const at = page.indexOf(begin);
  const end = page.indexOf('"', at + begin.length);
  return at === -1 || end === -1
    ? Buffer.alloc(0)
    : Buffer.from(page.subarray(at + begin.length, end).toString('latin1'), 'base64');
}

export async function pageOf(content: ReportPage): Promise<string> {
  const { report, json } = content;
  const period = `${report.since === null ? 'all lines' : `since ${report.since}`} until ${report.generated}`;
  const file = `data:application/json;base64,${Buffer.from(json).toString('base64')}`;
  return String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Evidence report of Skillgate</title>
<style>${raw(styles)}</style>
</head>
<body>
<header>
<h1>Evidence report</h1>
<p>${text(period)}, made by ${text(report.tool)}, signed with the key <code>${text(report.signer.keyId)}</code> (${text(report.signer.name)}).</p>
<p class="quiet">This page shows the signed report that it has inside. Nobody needs to believe the page: <code>skillgate evidence verify FILE --signer KEYID</code> computes every claim again without a network, and makes the page again to compare.</p>
<p>${standings(content.claims)} <a href="#claims">How each claim was checked</a></p>
<p class="screen-only"><a download="report.json" href="${file}">Save the signed report as JSON</a></p>
</header>
${contents()}
<main>
${figures(report)}
${sections(content)}
</main>
</body>
</html>
`,
  );
}

const titles = [
  ['timeline', 'What happened when'],
  ['revocations', 'Revocations and reactions'],
  ['incidents', 'Incidents and stops'],
  ['holds', 'Holds and answers'],
  ['uses', 'Agents and skills'],
  ['capabilities', 'What the skills may do'],
  ['versions', 'Versions and their approvals'],
  ['hosts', 'Hosts and agents'],
  ['claims', 'How each claim was checked'],
] as const;

function contents(): Markup {
  return html`<nav aria-label="Contents"><ul>${titles.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
}

function standings(claims: readonly Claim[]): string {
  const number = (standing: Claim['standing']): number =>
    claims.filter((one) => one.standing === standing).length;
  return `${count(number('verified'), 'claim')} verified, ${number('stated')} stated by one party, ${number('open')} could not be verified.`;
}

function figures({ facts, hosts }: EvidenceReport): Markup {
  const { uses, versions, incidents, holds, reactions } = facts;
  const rows: readonly (readonly [number, string])[] = [
    [hosts.length, 'hosts'],
    [facts.hosts.reduce((sum, row) => sum + row.lines, 0), 'audit lines'],
    [new Set(uses.map(({ agent }) => agent)).size, 'agents'],
    [versions.length, 'versions'],
    [uses.reduce((sum, row) => sum + row.starts, 0), 'starts'],
    [uses.reduce((sum, row) => sum + row.refused, 0), 'refused starts'],
    [incidents.length, 'incidents'],
    [holds.length, 'holds'],
    [reactions.length, 'reactions to a revocation'],
  ];
  return html`<ul class="figures">${rows.map(([number, what]) => html`<li><b>${number.toLocaleString('en')}</b> ${what}</li>`)}</ul>`;
}

function sections(content: ReportPage): Markup[] {
  const { report, computed, claims } = content;
  const { facts } = report;
  const bodies: Readonly<Record<(typeof titles)[number][0], Markup | readonly Markup[]>> = {
    timeline: timeline(facts),
    revocations: reactionTable(facts.reactions),
    incidents: [incidentTable(report), stopTable(report), breakerTable(report)],
    holds: holdTable(report),
    uses: useTable(report),
    capabilities: capabilityTable(facts.versions),
    versions: versionParts(computed.judged, report.versions),
    hosts: hostParts(report),
    claims: claimTable(claims),
  };
  const omitted =
    facts.omitted === 0
      ? []
      : [
          html`<p class="mark mark-open">${count(facts.omitted, 'row')} beyond the longest list</p>`,
        ];
  return [...omitted, ...titles.map(([id, title]) => section(id, title, bodies[id]))];
}
