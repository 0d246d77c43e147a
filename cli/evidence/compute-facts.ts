/**
 * Computes the facts of a report from the gathered sections and parts alone. The maker of a report
 * and each verifier run the same function.
 */

import { furthestOf } from '../../skills-index/run/audit/audit-chain.ts';
import { type AuditVerdict, ChainCheck } from '../../skills-index/run/audit/audit-check.ts';
import { type AuditEntry, parseEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import type { HostLogFacts, ReportFacts } from './facts.ts';
import { LogFacts } from './log-facts.ts';
import type { Parts } from './parts.ts';
import type { EvidenceReport, HostSection } from './report.ts';
import { type JudgedSection, judgeSection } from './version-evidence.ts';

export interface ComputedFacts {
  readonly facts: ReportFacts;
  /** In the order of the report's versions. */
  readonly judged: readonly JudgedSection[];
}

/** @throws Problem `evidence-invalid` when a part is missing or changed */
export async function computeFacts(
  { hosts, versions }: Pick<EvidenceReport, 'hosts' | 'versions'>,
  parts: Parts,
  onPart: (what: string) => void = () => undefined,
): Promise<ComputedFacts> {
  const verified = new VerifiedStatements();
  const judged: JudgedSection[] = [];
  for (const section of versions) {
    judged.push(await judgeSection(section, parts, verified));
    onPart(`${section.name}@${section.version}`);
  }
  const versionFacts = judged.map(({ facts }) => facts);
  const log = new LogFacts(versionFacts);
  const hostFacts = hosts.map((host) => {
    const facts = readHost(host, parts, (entry) => log.take(host.name, entry));
    onPart(host.name);
    return facts;
  });
  return { facts: { hosts: hostFacts, versions: versionFacts, ...log.counted() }, judged };
}

// One piece of the log is in memory at a time.
function readHost(
  { name, audit }: HostSection,
  parts: Parts,
  onEntry: (entry: AuditEntry) => void,
): HostLogFacts {
  if (audit === null) return { name, lines: 0, masked: 0, first: null, last: null, chain: null };
  const check = new ChainCheck({
    kept: furthestOf(audit.checkpoints),
    from: audit.from,
    ...(audit.key === null ? {} : { key: audit.key }),
  });
  let lines = 0;
  let masked = 0;
  let first: string | null = null;
  let last: string | null = null;
  for (const piece of audit.pieces)
    for (const line of Buffer.from(parts.read(piece)).toString('utf8').split('\n')) {
      lines += 1;
      const { digest, text } = parsePieceLine(line);
      if (digest === undefined) check.take(Buffer.from(text));
      else {
        masked += 1;
        check.skip(digest);
      }
      const entry = parseEntry(text);
      if (entry === undefined) continue;
      first ??= entry.at;
      last = entry.at;
      onEntry(entry);
    }
  const chain: AuditVerdict = check.verdict();
  return { name, lines, masked, first, last, chain };
}

function parsePieceLine(line: string): { readonly digest?: Digest; readonly text: string } {
  const space = line.indexOf(' ');
  const digest = line.slice(0, space);
  return isDigest(digest) ? { digest, text: line.slice(space + 1) } : { text: line };
}
