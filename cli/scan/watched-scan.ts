/**
 * Scans under a watchdog: apart from the command, with a memory limit and a time limit, so that one
 * skill cannot block the others.
 */
import { childScansMax, scanSecondsMax } from '../../scanner/limits.ts';
import type { LoadingScanner } from '../../scanner/worker/scan-process.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { LocalScanRequest } from './local-scan.ts';
import { type ScanHost, startScanHost } from './scan-host.ts';

export interface WatchedScan {
  readonly report: ScanReport;
  /** CPU time of the scanning thread or process. */
  readonly cpuMillis: number;
}

export interface WatchedScanner {
  /** Has the scanner loaded before the first scan. */
  load(): void;
  /**
   * Scans one skill; calls run one after another.
   * @throws Problem `scan-killed` when the scan was stopped or ran out of memory, `internal` for a
   * bug of ours
   */
  scan(request: LocalScanRequest): Promise<WatchedScan>;
  /** Stops the running scan. */
  close(): Promise<void>;
}

/** Scans the files of a skill before its publication or review. @throws Problem `scan-killed` */
export async function scanOnce(files: readonly SourceFile[]): Promise<ScanReport> {
  const scanner = startWatchedScanner();
  try {
    return (await scanner.scan({ files, path: '.', unread: [] })).report;
  } finally {
    await scanner.close();
  }
}

/**
 * @param secondsMax time limit of one scan
 * @param early a scanner that was started before
 */
export function startWatchedScanner(
  secondsMax: number = scanSecondsMax,
  early?: LoadingScanner,
): WatchedScanner {
  let host: Promise<ScanHost> | undefined;
  let scans = 0;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  let unused = early;
  const load = (): Promise<ScanHost> => {
    host ??= startScanHost(unused);
    unused = undefined;
    return host;
  };
  const scanNow = async (request: LocalScanRequest): Promise<WatchedScan> => {
    if (closed)
      throw new Problem(
        'scan-killed',
        `Cannot scan ${JSON.stringify(request.path)}: the scanner was stopped`,
      );
    const used = await load();
    const outcome = await used.ask(request, secondsMax);
    scans++;
    const hasReport = 'answer' in outcome && outcome.answer.kind === 'report';
    // A failure may have damaged the scanner, and each scan increases its memory.
    if (!hasReport || scans % childScansMax === 0) {
      host = undefined;
      await used.end();
    }
    if ('killed' in outcome)
      throw new Problem(
        'scan-killed',
        `Cannot scan ${JSON.stringify(request.path)}: ${outcome.killed}`,
      );
    const reply = outcome.answer;
    if (reply.kind === 'report') return reply;
    throw new Problem(
      'internal',
      `The scanner failed on ${JSON.stringify(request.path)}: ${reply.message}`,
      {
        reasons: reply.stack
          .split('\n')
          .slice(1, 8)
          .map((line) => ({ message: line.trim() })),
      },
    );
  };
  return {
    load: () => void load(),
    scan: (request) => {
      const next = last.then(() => scanNow(request));
      last = next.catch(() => undefined);
      return next;
    },
    close: async () => {
      closed = true;
      await (await host)?.end();
      await last;
    },
  };
}
