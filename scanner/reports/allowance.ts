/** The line of skill.json that would allow the use in a finding. */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { type Capability, covers, listCapabilities } from '../../skills-index/skill/capability.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import { type Finding, severities } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { emptyManifest, inferCapabilities } from '../manifest/manifest.ts';
import { capabilityOf } from './finding-capability.ts';
import { severityRank } from './marks.ts';

/** Fingerprint of a finding → the line and its key: `"egress": [{"url":…}]`. */
export type Allowances = ReadonlyMap<string, string>;

/**
 * For each finding about an undeclared capability: the line that `skill manifest --write` would
 * write. Empty when a finding is evidence of an attack: a declaration does not correct code that
 * sends a key to a stranger.
 */
export function allowancesOf(report: ScanReport, files: readonly SourceFile[]): Allowances {
  const asked = report.findings.flatMap((finding): [Finding, Capability][] => {
    const capability =
      finding.kind === 'capability'
        ? capabilityOf(finding, report.capabilities.undeclared)
        : undefined;
    return capability === undefined ? [] : [[finding, capability]];
  });
  const attacks = report.findings.some(
    (finding) => finding.kind === 'malice' && severityRank(finding) >= severities.indexOf('high'),
  );
  if (asked.length === 0 || attacks) return new Map();
  const empty = emptyManifest({
    name: parseSkillName('@scope/name'),
    version: parseVersion('1.0.0'),
  });
  const lines = listCapabilities(inferCapabilities(files, report, empty));
  return new Map(
    asked.flatMap(([finding, wanted]): [string, string][] => {
      const line = lines.find((capability) => covers(capability, wanted));
      return line === undefined ? [] : [[finding.fingerprint, printLine(line)]];
    }),
  );
}

function printLine({ kind, ...entry }: Capability): string {
  return `"${kind}": [${JSON.stringify({ ...entry, why: '…' })}]`;
}
