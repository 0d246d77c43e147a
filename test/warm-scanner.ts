/**
 * The watched scanner as commands in the process of a test use it: one scanning process for all
 * commands of all tests there, since loading it takes longer than most scans.
 */
import { startWatchedScanner as start, type WatchedScanner } from '../cli/scan/watched-scan.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';

let warm: WatchedScanner | undefined;

export function startWatchedScanner(): WatchedScanner {
  warm ??= start();
  return { ...warm, close: () => Promise.resolve() };
}

export function startSingleScanner(): WatchedScanner {
  return startWatchedScanner();
}

export async function scanOnce(files: readonly SourceFile[]): Promise<ScanReport> {
  return (await startWatchedScanner().scan({ files, path: '.', unread: [] })).report;
}
