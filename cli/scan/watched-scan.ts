/**
 * Scans under a watchdog: in a process beside the command, with a memory limit and a time limit, so
 * that one skill cannot block the others. A thread is no such boundary: V8 ends the whole process
 * when a thread cannot have the memory that it needs.
 */
import { fork } from 'node:child_process';
import { extname } from 'node:path';
import {
  childMemoryMiB,
  childScansMax,
  scanFlags,
  scanSecondsMax,
} from '../../scanner/scan-flags.ts';
import { type ScanOutcome, startWatchdog } from '../../scanner/worker/watchdog.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { LocalScanRequest, ScanReply } from './local-scan.ts';
import { scanHere } from './scan-here.ts';

export interface WatchedScan {
  readonly report: ScanReport;
}

export interface WatchedScanner {
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
  const scanner = startSingleScanner();
  try {
    return (await scanner.scan({ files, path: '.', unread: [] })).report;
  } finally {
    await scanner.close();
  }
}

/** For a command that scans one skill: a small one in this process. */
export function startSingleScanner(): WatchedScanner {
  const beside = startWatchedScanner();
  return {
    ...beside,
    scan: async (request) => {
      const report = await scanHere(request);
      return report === undefined ? beside.scan(request) : { report };
    },
  };
}

/** @param secondsMax time limit of one scan */
export function startWatchedScanner(secondsMax: number = scanSecondsMax): WatchedScanner {
  let child: ScanChild | undefined;
  let scans = 0;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  const load = (): ScanChild => {
    child ??= startChild();
    return child;
  };
  const scanNow = async (request: LocalScanRequest): Promise<WatchedScan> => {
    if (closed)
      throw new Problem(
        'scan-killed',
        `Cannot scan ${JSON.stringify(request.path)}: the scanner was stopped`,
      );
    const used = load();
    const outcome = await used.ask(request, secondsMax);
    scans++;
    const hasReport = 'answer' in outcome && outcome.answer.kind === 'report';
    // A failure may have damaged the scanner, and each scan increases its memory.
    if (!hasReport || scans % childScansMax === 0) {
      child = undefined;
      used.end();
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
    scan: (request) => {
      const next = last.then(() => scanNow(request));
      last = next.catch(() => undefined);
      return next;
    },
    close: async () => {
      closed = true;
      child?.end();
      await last;
    },
  };
}

interface ScanChild {
  /** Scans one skill, and stops a scan that takes too long; the process is gone then. */
  ask(request: LocalScanRequest, secondsMax: number): Promise<ScanOutcome<ScanReply>>;
  end(): void;
}

// The file beside this one with the same extension: TypeScript in a checkout, JavaScript in the
// package.
const childFile = new URL(`./scan-child${extname(import.meta.url)}`, import.meta.url);

function startChild(): ScanChild {
  const child = fork(childFile, {
    serialization: 'advanced',
    execArgv: scanFlags,
    // V8 writes pages about the memory that it lacks.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const watchdog = startWatchdog<ScanReply>(() => void child.kill('SIGKILL'));
  child.on('message', (reply: ScanReply) => watchdog.answer(reply));
  child.on('error', (cause) => watchdog.end(`its process failed: ${cause.message}`));
  child.on('exit', (code, signal) =>
    watchdog.end(
      signal === 'SIGABRT' || code === abortedExit
        ? `it needs more than ${childMemoryMiB} MiB`
        : `its process ended (${signal ?? code})`,
    ),
  );
  return {
    ask: (request, secondsMax) => watchdog.ask(() => void child.send(request), secondsMax),
    end: () => watchdog.end('the scanner was stopped'),
  };
}

const abortedExit = 134;
