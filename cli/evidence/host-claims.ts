/** What a report claims about one host, and how each claim was checked. */
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
import { describeAnswer } from '../../skills-index/run/holds/hold-answer.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { whyNotProven } from '../../skills-index/trust/signatures/approver-proof.ts';
import { count } from '../terminal/output.ts';
import { type Claim, open, stated, verified } from './claim.ts';
import type { ComputedFacts } from './compute-facts.ts';
import type { HoldRow, HostLogFacts } from './facts.ts';
import type { HostSection } from './report.ts';
import type { OpenedReport } from './write-report.ts';

export function hostClaims(
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

export function answerClaims(
  name: string,
  opened: OpenedReport,
  { facts }: ComputedFacts,
): Claim[] {
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
