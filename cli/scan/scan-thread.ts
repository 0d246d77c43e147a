/**
 * The code inside a scanning thread: one skill's files in, its report out. It can be stopped at any
 * moment from outside.
 */
import { parentPort } from 'node:worker_threads';
import type { UnreadEntry } from '../../scanner/extract.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { loadScanProgram } from './load-scan-program.ts';

export interface ThreadScanRequest {
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

const program = loadScanProgram(process.env);

parentPort?.on('message', async (request: ThreadScanRequest) => {
  parentPort?.postMessage(await scan(request));
});

async function scan({ files, ...options }: ThreadScanRequest): Promise<ScanReply> {
  const before = process.threadCpuUsage();
  try {
    const { scanSkill, keep } = await program;
    const report = await scanSkill(files, options);
    keep();
    const { user, system } = process.threadCpuUsage(before);
    return { kind: 'report', report, cpuMillis: (user + system) / 1000 };
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    return { kind: 'failed', message: error.message, stack: error.stack ?? '' };
  }
}
