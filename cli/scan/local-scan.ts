/** A scan of this machine's command line: the request, the scan, and its reply. */
import type { UnreadEntry } from '../../scanner/extract.ts';
import { FactMemo } from '../../scanner/frontends/fact-memo.ts';
import { scanSkill } from '../../scanner/scan.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';

export interface LocalScanRequest {
  readonly files: readonly SourceFile[];
  /** The skill's folder as reports name it. */
  readonly path: string;
  /** Entries of the folder that cannot be files of a skill. */
  readonly unread: readonly UnreadEntry[];
  /** The number of further such entries. */
  readonly unlisted?: number;
}

export type ScanReply =
  | { readonly kind: 'report'; readonly report: ScanReport; readonly cpuMillis: number }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string };

const memo = new FactMemo();

/** Scans one skill. Never throws. */
export async function replyTo({ files, ...options }: LocalScanRequest): Promise<ScanReply> {
  const before = process.threadCpuUsage();
  try {
    const report = await scanSkill(files, { ...options, memo });
    const { user, system } = process.threadCpuUsage(before);
    return { kind: 'report', report, cpuMillis: (user + system) / 1000 };
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    return { kind: 'failed', message: error.message, stack: error.stack ?? '' };
  }
}
