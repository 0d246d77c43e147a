/** Scans a skill: bytes in, report out. Nothing of the skill is executed; the same bytes and rule set give the same report. */
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';

export interface ScanOptions {
  /** The skill's folder as reports name it; `.` by default, as in reports that are signed. */
  readonly path?: string;
  /** Steps instead of the usual limit, for tests. */
  readonly steps?: number;
}

/** Scans the files of one skill. Never throws for what the files hold. */
export async function scanSkill(files: readonly SourceFile[], options: ScanOptions = {}): Promise<ScanReport> {
  throw new Error(`not yet: ${files.length} ${options.path}`);
}

/** Digest of rules, model tables, front ends and exact parser versions. */
export function ruleSetDigest(): Digest {
  throw new Error('not yet');
}
