/** One skill's folder is scanned on this machine, as the registry will scan it; what could not be read makes the report incomplete. */
import { relative, sep } from 'node:path';
import { scanSkill } from '../scanner/scan.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { digestOf } from '../skills-index/skill/digest.ts';
import { severities } from '../skills-index/statement/finding.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';
import { type ExitCode, exitCodes } from './command.ts';
import { readSkillFolder, type Unread } from './source-folder.ts';

export interface ScannedFolder {
  readonly report: ScanReport;
  readonly files: readonly SourceFile[];
}

/** @param cwd where the report's `path` starts */
export async function scanFolder(folder: string, cwd: string): Promise<ScannedFolder> {
  const { files, unread } = await readSkillFolder(folder);
  const path = relative(cwd, folder).split(sep).join('/') || '.';
  const report = await scanSkill(files, { path });
  return { report: withUnread(report, unread), files };
}

const severityExit = {
  info: exitCodes.ok,
  low: exitCodes.low,
  medium: exitCodes.medium,
  high: exitCodes.high,
  critical: exitCodes.critical,
} as const;

/** The exit code that a report stands for: its highest severity, or 7 for an incomplete one, whichever is larger. */
export function exitOfReport({ findings, verdict }: ScanReport): ExitCode {
  const worst = severities.findLast((severity) => findings.some((finding) => finding.severity === severity));
  return Math.max(
    worst === undefined ? exitCodes.ok : severityExit[worst],
    verdict === 'incomplete' ? exitCodes.limit : exitCodes.ok,
  );
}

// What a registry would never take was not scanned either: the report must not read as if it had been.
function withUnread(report: ScanReport, unread: readonly Unread[]): ScanReport {
  if (unread.length === 0) return report;
  const sha256 = digestOf('');
  const missing = unread.map(({ path, reason }) => ({ path, sha256, bytes: 0, disposition: 'unanalysed', reason }) as const);
  return {
    ...report,
    verdict: report.verdict === 'block' ? 'block' : 'incomplete',
    coverage: { files: [...report.coverage.files, ...missing].sort((a, b) => (a.path < b.path ? -1 : 1)) },
  };
}
