/** `skillgate evidence --verify`: computes a report's claims again, from the report alone. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { html, raw } from 'hono/html';
import {
  incidentDigest,
  incidentSigner,
  parseIncident,
} from '../../skills-index/run/audit/incident.ts';
import {
  answerBytes,
  holdAnswerType,
  holdDigest,
  holdShape,
  signedAnswerShape,
} from '../../skills-index/run/holds/hold.ts';
import { describeAnswer } from '../../skills-index/run/holds/hold-action.ts';
import { type Digest, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { whyNotProven } from '../../skills-index/trust/signatures/passkey.ts';
import { type CommandContext, type ExitCode, exitCodes, listOf } from '../command.ts';
import { readRegistries } from '../registries/registry-base.ts';
import { isTrial } from '../run/trial-build.ts';
import { answer, count, terminalSafe } from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';
import { type Claim, claimsText, contradicted, open, stated, verified } from './claims-text.ts';
import { type ComputedFacts, computeFacts, type JudgedSection } from './compute-facts.ts';
import type { HoldRow, HostLogFacts, ReactionRow, VersionFacts } from './facts.ts';
import {
  type EvidenceReport,
  evidenceReportBytesMax,
  type HostSection,
  type OpenedReport,
  openReport,
} from './write-report.ts';

/** `skillgate evidence --verify`. */
export async function verifyReport(context: CommandContext): Promise<ExitCode> {
  const { signer, page } = context.options;
  const file = String(context.options.verify);
  const known = {
    signer: typeof signer === 'string' ? parseDigest(signer) : undefined,
    roots: [...listOf(context.options.root).map(parseDigest), ...pinnedRoots(context)],
  };
  const bytes = await readReport(resolve(context.cwd, file));
  const opened = openReport(bytes, file);
  const computed = await computeFacts(opened.report, opened.parts);
  const claims = claimsOf(opened, computed, known);
  const wrong = claims.filter(({ standing }) => standing === 'false');
  if (typeof page === 'string' && wrong.length === 0)
    await writeWhole(resolve(context.cwd, page), await pageOf(opened.report, claims), 0o600);
  const isOpen = claims.some(({ standing }) => standing === 'open');
  if (wrong.length === 0 || context.format === 'json')
    answer(context, { schema: 'skillgate.evidence-verify/1', file, claims }, () =>
      claimsText(context, opened.report, claims),
    );
  if (wrong.length === 0) return isOpen ? exitCodes.limit : exitCodes.ok;
  if (context.format === 'json') return exitCodes.refused;
  throw contradiction(file, wrong);
}

function contradiction(file: string, wrong: readonly Claim[]): Problem {
  const reasons = wrong.map(({ about, says, why }) => ({
    message: `${about}: contradicted: ${says} (${why})`,
  }));
  return new Problem('evidence-invalid', `${file} says what its own evidence contradicts`, {
    reasons,
    hint: 'do not rely on this report: ask its maker, and compare the key that signed it',
  });
}

async function readReport(path: string): Promise<Buffer> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be opened (${cause.code})`;
    throw new Problem('file-not-found', `Cannot read ${path}: ${why}`);
  });
  if (bytes.byteLength > evidenceReportBytesMax * 2)
    throw new Problem('evidence-invalid', `${path} is too large for a report`);
  return bytes;
}

function pinnedRoots({ paths }: CommandContext): string[] {
  return readRegistries(paths).registries.map(({ root }) => root);
}

// What a report claims, and how each claim was checked. No claim says more than this program
// checked from the report alone.

/** What the reader of a report knows from elsewhere. */
interface KnownKeys {
  /** Id of the key that is expected to sign. */
  readonly signer?: string | undefined;
  /** Fingerprints of roots of trust, from the command line or from this machine's pins. */
  readonly roots: readonly string[];
}

function claimsOf(opened: OpenedReport, computed: ComputedFacts, known: KnownKeys): Claim[] {
  const { report } = opened;
  return [
    ...signatureClaims(opened, known),
    ...factsClaims(opened, computed),
    ...report.hosts.flatMap((host, at) => hostClaims(host, computed.facts.hosts[at], opened)),
    ...rootClaims(computed.facts.versions, known),
    ...computed.judged.map((one, index) => versionClaim(one, report.versions[index]?.at)),
    ...bundleClaims(computed),
    ...computed.facts.hosts.flatMap(({ name }) => answerClaims(name, opened, computed)),
    ...computed.facts.reactions.map(reactionClaim),
  ];
}

function signatureClaims({ report }: OpenedReport, { signer }: KnownKeys): Claim[] {
  const { keyId, name } = report.signer;
  const about = 'report';
  const host = report.hosts.find(({ audit }) => audit?.key?.keyId === keyId);
  const whose = host === undefined ? `the key ${name}` : `the audit key of the host ${host.name}`;
  return [
    verified(
      about,
      `${keyId} signed the report and its ${count(report.evidence.count, 'part')}`,
      'the signature over the statement, and the digest of all parts',
    ),
    signer === undefined
      ? stated(about, `${keyId} is ${whose}`, byReport('id', '--signer'))
      : signer === keyId
        ? verified(about, `${keyId} is the expected key`, '--signer')
        : contradicted(
            about,
            'the report is signed with the expected key',
            `--signer names ${signer}, and ${keyId} signed`,
          ),
  ];
}

function byReport(what: string, option: string): string {
  return `by the report itself: compare the ${what} with what you know, and name it with ${option}`;
}

// The maker computed the facts by the same function. A maker who changes a figure afterwards, and
// signs the change, is found here.
function factsClaims({ report }: OpenedReport, { facts }: ComputedFacts): Claim[] {
  const about = 'report';
  const says = 'every figure and row of the report follows from its parts';
  const there: Readonly<Record<string, unknown>> = { ...report.facts };
  const here: Readonly<Record<string, unknown>> = { ...facts };
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])];
  const differing = names.filter((name) => textOf(there[name]) !== textOf(here[name]));
  if (differing.length === 0) return [verified(about, says, 'computing all of them again')];
  return differing.map((name) =>
    contradicted(
      about,
      `${says}: ${name}`,
      `the report has ${sizeOf(there[name])}, and its parts give ${sizeOf(here[name])}`,
    ),
  );
}

function textOf(value: unknown): string {
  return value === undefined ? '' : canonicalJson(value);
}

function sizeOf(value: unknown): string {
  return Array.isArray(value) ? `${count(value.length, 'row')} of this list` : `${value}`;
}

function rootClaims(versions: readonly VersionFacts[], { roots }: KnownKeys): Claim[] {
  const found = new Map(versions.flatMap(({ root, registry }) => (root ? [[root, registry]] : [])));
  return [...found].map(([root, registry]) => {
    const says = `${root} is the root of trust of the registry ${registry}`;
    return roots.includes(root ?? '')
      ? verified(
          'report',
          says,
          'the fingerprint that --root names, or that this machine has pinned',
        )
      : stated('report', says, byReport('fingerprint', '--root'));
  });
}

function versionClaim({ facts, why }: JudgedSection, at: string | undefined): Claim {
  const about = `${facts.name}@${facts.version}`;
  const says = 'the version is approved';
  if (facts.decision === 'unknown') return open(about, says, why ?? 'there is no evidence');
  const by = `signatures, log proofs and policy under the root of trust ${facts.root}, as of ${at}`;
  const stops = facts.reasons.filter((code) => code === 'revoked' || code === 'suspended');
  if (stops.length > 0)
    return verified(about, `the version is refused now: ${stops.join(', ')}`, by);
  if (facts.decision === 'refused')
    return open(about, says, `its evidence is refused: ${facts.reasons.join(', ')}`);
  const people = facts.approvals.map(({ member }) => member).join(', ');
  const needed = facts.needed === null ? '' : ` (policy demands ${facts.needed.total})`;
  return verified(about, `published, scanned and approved by ${people}${needed}`, by);
}

// What a host ran is compared with what was approved: the host's line names the bundle.
function bundleClaims({ facts }: ComputedFacts): Claim[] {
  const approved = new Map(facts.versions.map((one) => [`${one.name}@${one.version}`, one.bundle]));
  return facts.uses.flatMap(({ agent, skill, version, bundle, starts, hosts }) => {
    const about = `${skill}@${version}`;
    if (bundle === null || starts === 0) return [];
    const says = `${count(starts, 'start')} by ${agent} on ${hosts.join(', ')} used the approved files`;
    if (isTrial({ agent, version }))
      return [
        stated(
          about,
          `${count(starts, 'trial')} by ${agent} on ${hosts.join(', ')} ran files that nobody approved`,
          'by the host only: its lines mark the version as one of skillgate try',
        ),
      ];
    const other = approved.get(about);
    if (other === bundle)
      return [stated(about, says, 'by the host only: its lines name the approved bundle')];
    const why =
      other === undefined || other === null
        ? 'there is no evidence about the version'
        : `the host’s lines name the bundle ${bundle}, and ${other} was approved`;
    return [open(about, says, why)];
  });
}

function reactionClaim(row: ReactionRow): Claim {
  const { host, name, version, kind, since, stopped, seconds, startsAfter } = row;
  const after = count(startsAfter, 'start');
  const says =
    stopped === null
      ? `${kind} at ${since}; ${host} refused no start since, and has ${after} after it`
      : `${kind} at ${since}; ${host} refused it ${count(seconds ?? 0, 'second')} later, after ${after}`;
  const why =
    'by two clocks: the registry’s index has the first time unsigned, and the host wrote the second';
  return stated(`${name}@${version}`, says, why);
}

// What a report claims about one host, and how each claim was checked.

function hostClaims(
  host: HostSection,
  facts: HostLogFacts | undefined,
  opened: OpenedReport,
): Claim[] {
  const about = `host ${host.name}`;
  const { audit } = host;
  const claims = host.damage.map(({ part, why }) => open(about, `the report has ${part}`, why));
  claims.push(chainClaim(about, host, facts));
  if (audit !== null && audit.from.seq > 0)
    claims.push(
      stated(
        about,
        `lines 1 to ${audit.from.seq} are older than the report’s period`,
        'by the host only: the report has the digest of the last of them',
      ),
    );
  if (facts !== undefined && facts.masked > 0)
    claims.push(
      stated(
        about,
        `${count(facts.masked, 'audit line')} had a credential, which is left out`,
        'by the maker of the report: the digest of each line keeps the chain, and the shown text is not the whole line',
      ),
    );
  if (audit?.key != null)
    claims.push(stated(about, `${audit.key.keyId} is the audit key of the host`, byHost));
  const { agents, locked, openBreakers } = host;
  if (agents.length + locked.length + openBreakers.length > 0 || host.policy !== null)
    claims.push(
      stated(
        about,
        `${count(agents.length, 'agent identity', 'agent identities')}, ${count(locked.length, 'locked version')}, ${count(openBreakers.length, 'open breaker')} and the digest of host policy`,
        `${byHost}: nobody signs these files`,
      ),
    );
  return [...claims, ...incidentClaims(about, host, opened)];
}

const byHost = 'by the host only';

function chainClaim(about: string, { audit }: HostSection, facts: HostLogFacts | undefined): Claim {
  const chain = facts?.chain ?? null;
  if (audit === null || facts === undefined || chain === null)
    return open(about, 'the host has an audit log', 'it has none');
  const end = audit.from.seq + facts.lines;
  const says = `audit lines ${audit.from.seq + 1} to ${end} are whole: none is missing, changed or moved`;
  if (chain.kind === 'broken') return open(about, says, `line ${chain.line}: ${chain.why}`);
  if (audit.key === null)
    return stated(about, says, 'by the hash chain alone: the host has no audit key');
  const signed = `the checkpoints that ${audit.key.keyId} signed for the first ${chain.signed} lines`;
  const rest = `whether lines came after line ${end} is stated by the maker of the report`;
  return verified(about, says, `the hash chain, and ${signed}; ${rest}`);
}

function incidentClaims(about: string, host: HostSection, opened: OpenedReport): Claim[] {
  const rows = opened.report.facts.incidents.filter((row) => row.host === host.name);
  if (rows.length === 0) return [];
  const signed = new Set<Digest>();
  for (const part of host.incidentReports) {
    const report = parseIncident(parseJson(opened.parts.read(part), 'incident report').value);
    if (incidentSigner(report) === host.audit?.key?.keyId) signed.add(incidentDigest(report));
  }
  const missing = rows.filter(({ report }) => !signed.has(report)).length;
  const says = `${count(rows.length, 'incident')}, each with the host’s signed report`;
  if (missing === 0) return [verified(about, says, 'the host’s signature on each report')];
  const why = `by the audit log only for ${missing} of them: the signed report is missing`;
  return [stated(about, says, why)];
}

const answerShape = exactObject({ hold: holdShape, signed: signedAnswerShape });

function answerClaims(name: string, opened: OpenedReport, { facts }: ComputedFacts): Claim[] {
  const rows = facts.holds.filter((row) => row.host === name && isAnswered(row));
  const section = opened.report.hosts.find((host) => host.name === name);
  if (rows.length === 0 || section === undefined) return [];
  const about = `host ${name}`;
  const claims: Claim[] = [];
  const proven = new Set<string>();
  for (const part of section.answers) {
    const read = parseJson(opened.parts.read(part), 'answer');
    const { hold, signed } = parseShape(answerShape, read, 'evidence-invalid', 'answer');
    const row = rows.find((one) => one.hold === hold.id);
    const approver = section.policy?.approvers.find((one) => one.name === signed.answer.approver);
    if (row === undefined || approver === undefined) continue;
    const isSame =
      signed.answer.hold === holdDigest(hold) &&
      row.state === (signed.answer.verdict === 'allow' ? 'allowed' : 'denied');
    const proof = { ...signed };
    if (
      !isSame ||
      whyNotProven(approver, holdAnswerType, answerBytes(signed.answer), proof).length > 0
    )
      continue;
    proven.add(hold.id);
    claims.push(
      verified(
        about,
        `hold ${hold.id}: ${row.state} by ${describeAnswer(signed)}`,
        `the signature of ${approver.name}, whose key host policy states`,
      ),
    );
  }
  const rest = rows.filter(({ hold }) => !proven.has(hold)).length;
  if (rest > 0)
    claims.push(
      stated(
        about,
        `${count(rest, 'answer')} to holds`,
        `${byHost}: a host removes an answer’s file when the answer is used up`,
      ),
    );
  return claims;
}

function isAnswered({ state }: HoldRow): boolean {
  return state === 'allowed' || state === 'denied';
}

// A verified report as a page for people: a table for each list of facts, without a script and
// without an outside address. Every value is escaped, isolated from the direction of the text
// around it, and its invisible characters are spelled out.

type Markup = ReturnType<typeof html>;

const styles = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 1rem }
div { overflow-x: auto }
table { border-collapse: collapse }
th, td { border: 1px solid #8888; padding: .2rem .5rem; text-align: left; vertical-align: top }
`;
const digest = createHash('sha256').update(styles).digest('base64');

/** @param claims as the reader's own program checked them */
async function pageOf(
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
