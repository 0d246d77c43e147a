/**
 * Scans under a watchdog: in a thread with its own memory limit and a time limit, so that one skill
 * cannot block the others.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { childMemoryMiB, childScansMax, scanSecondsMax } from '../../scanner/limits.ts';
import { startWatchdog, type Watchdog } from '../../scanner/worker/watchdog.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { ScanReply, ThreadScanRequest } from './scan-thread.ts';

export interface WatchedScan {
  readonly report: ScanReport;
  /** CPU time of the scanning thread. */
  readonly cpuMillis: number;
}

export interface WatchedScanner {
  /** Starts the thread, which loads the scanner, before the first scan. */
  load(): void;
  /**
   * Scans one skill; calls run one after another.
   * @throws Problem `scan-killed` when the scan was stopped or ran out of memory, `internal` for a
   * bug of ours
   */
  scan(request: ThreadScanRequest): Promise<WatchedScan>;
  /** Stops the running scan. */
  close(): Promise<void>;
}

// The file beside this one with the same extension: TypeScript in a checkout, JavaScript in the
// package.
const threadFile = new URL(`./scan-thread${extname(import.meta.url)}`, import.meta.url);

/** Scans the files of a skill before its publication or review. @throws Problem `scan-killed` */
export async function scanOnce(files: readonly SourceFile[]): Promise<ScanReport> {
  const scanner = startWatchedScanner();
  try {
    return (await scanner.scan({ files, path: '.', unread: [] })).report;
  } finally {
    await scanner.close();
  }
}

/** @param secondsMax time limit of one scan */
export function startWatchedScanner(secondsMax: number = scanSecondsMax): WatchedScanner {
  let thread: ScanThread | undefined;
  let scans = 0;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  const load = (): ScanThread => (thread ??= startThread());
  const scanNow = async (request: ThreadScanRequest): Promise<WatchedScan> => {
    if (closed)
      throw new Problem(
        'scan-killed',
        `Cannot scan ${JSON.stringify(request.path)}: the scanner was stopped`,
      );
    const { worker, watchdog } = load();
    const outcome = await watchdog.ask(() => worker.postMessage(request), secondsMax);
    scans++;
    const hasReport = 'answer' in outcome && outcome.answer.kind === 'report';
    // A failure may have damaged the thread, and each scan increases its memory.
    if (!hasReport || scans % childScansMax === 0) {
      await worker.terminate();
      thread = undefined;
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
      await thread?.worker.terminate();
      await last;
    },
  };
}

interface ScanThread {
  readonly worker: Worker;
  readonly watchdog: Watchdog<ScanReply>;
}

function startThread(): ScanThread {
  const worker = new Worker(threadFile, {
    resourceLimits: { maxOldGenerationSizeMb: childMemoryMiB },
  });
  const watchdog = startWatchdog<ScanReply>(() => void worker.terminate());
  worker.on('message', watchdog.answer);
  worker.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      return watchdog.end(`it needs more than ${childMemoryMiB} MiB`);
    watchdog.answer({ kind: 'failed', message: error.message, stack: error.stack ?? '' });
  });
  worker.on('exit', (code) => watchdog.end(`its thread ended (${code})`));
  return { worker, watchdog };
}
