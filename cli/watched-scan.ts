/**
 * Scans under a watchdog: in a thread with its own memory limit, stopped when it takes too long, so
 * that one skill cannot hold up the others.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { childMemoryMiB, childScansMax, scanSecondsMax } from '../scanner/limits.ts';
import type { SourceFile } from '../skills-index/skill/bundle.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';
import type { ScanReply, ScanRequest } from './scan-thread.ts';

export interface WatchedScan {
  readonly report: ScanReport;
  /** CPU time of the scanning thread. */
  readonly cpuMillis: number;
}

export interface WatchedScanner {
  /**
   * Scans one skill; calls wait for one another.
   * @throws Problem `scan-killed` when it was stopped or ran out of memory, `internal` for a bug of
   * ours
   */
  scan(request: ScanRequest): Promise<WatchedScan>;
  /** Stops what is under way. */
  close(): Promise<void>;
}

// Beside this file, in the form this file has: sources run as they are, the package as JavaScript.
const threadFile = new URL(`./scan-thread${extname(import.meta.url)}`, import.meta.url);

/**
 * Scans the files of one skill that is about to be published or reviewed. @throws Problem
 * `scan-killed`
 */
export async function scanOnce(files: readonly SourceFile[]): Promise<ScanReport> {
  const scanner = startWatchedScanner();
  try {
    return (await scanner.scan({ files, path: '.', unread: [] })).report;
  } finally {
    await scanner.close();
  }
}

/** @param secondsMax how long one scan may take */
export function startWatchedScanner(secondsMax: number = scanSecondsMax): WatchedScanner {
  let thread: Worker | undefined;
  let scans = 0;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  const scanNow = async (request: ScanRequest): Promise<WatchedScan> => {
    if (closed)
      throw new Problem(
        'scan-killed',
        `Cannot scan ${JSON.stringify(request.path)}: the scanner was stopped`,
      );
    thread ??= new Worker(threadFile, {
      resourceLimits: { maxOldGenerationSizeMb: childMemoryMiB },
    });
    const reply = await replyOf(thread, request, secondsMax);
    scans++;
    // Whatever happened in there, the next skill gets a fresh one; and what a thread has gathered
    // goes now and then.
    if (reply.kind !== 'report' || scans % childScansMax === 0) {
      await thread.terminate();
      thread = undefined;
    }
    if (reply.kind === 'report') return reply;
    if (reply.kind === 'killed')
      throw new Problem('scan-killed', `Cannot scan ${JSON.stringify(request.path)}: ${reply.why}`);
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
      await thread?.terminate();
      await last;
    },
  };
}

type Outcome = ScanReply | { readonly kind: 'killed'; readonly why: string };

function replyOf(thread: Worker, request: ScanRequest, secondsMax: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = (outcome: Outcome): void => {
      clearTimeout(late);
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(outcome);
    };
    const onMessage = (reply: ScanReply): void => end(reply);
    const onError = (error: NodeJS.ErrnoException): void => end(outOf(error));
    const onExit = (code: number): void =>
      end({ kind: 'killed', why: `its thread ended (${code})` });
    const late = setTimeout(
      () => end({ kind: 'killed', why: `it took more than ${secondsMax} s` }),
      secondsMax * 1000,
    );
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    thread.postMessage(request);
  });
}

function outOf(error: NodeJS.ErrnoException): Outcome {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { kind: 'killed', why: `it needs more than ${childMemoryMiB} MiB` };
  return { kind: 'failed', message: error.message, stack: error.stack ?? '' };
}
