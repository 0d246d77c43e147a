/** Where a scan runs: in a process from the scanner's image, else in a thread. */
import { extname } from 'node:path';
import { serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { childMemoryMiB } from '../../scanner/limits.ts';
import {
  type LoadingScanner,
  type ScanProcess,
  untilReady,
} from '../../scanner/worker/scan-process.ts';
import { type ScanOutcome, startWatchdog } from '../../scanner/worker/watchdog.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { LocalScanRequest, ScanReply } from './local-scan.ts';
import { scanImage, startFromImage, startMakingImages } from './scan-image.ts';

export interface ScanHost {
  /** Scans one skill, and stops a scan that takes too long; the host is gone then. */
  ask(request: LocalScanRequest, secondsMax: number): Promise<ScanOutcome<ScanReply>>;
  end(): Promise<void>;
}

// The file beside this one with the same extension: TypeScript in a checkout, JavaScript in the
// package.
const threadFile = new URL(`./scan-thread${extname(import.meta.url)}`, import.meta.url);

/**
 * Starts a host, which loads the scanner. Without an image, the first good scan has images made.
 * @param early a scanner that was started before, from an image
 */
export async function startScanHost(early?: LoadingScanner): Promise<ScanHost> {
  const image = scanImage(process.env);
  const child =
    early === undefined
      ? image && (await startFromImage(image.place))
      : await untilReady(early).catch(() => undefined);
  if (child !== undefined) return processHost(child);
  return threadHost(() => image !== undefined && startMakingImages(image));
}

function processHost(child: ScanProcess): ScanHost {
  return {
    ask: async (request, secondsMax) => {
      try {
        const answer = await child.ask(serialize(request), secondsMax);
        return { answer: JSON.parse(Buffer.from(answer).toString('utf8')) as ScanReply };
      } catch (cause) {
        if (cause instanceof Problem) return { killed: cause.message };
        throw cause;
      }
    },
    end: async () => child.kill(),
  };
}

/** @param onReport called after each good scan */
function threadHost(onReport: () => void): ScanHost {
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
  return {
    ask: async (request, secondsMax) => {
      const outcome = await watchdog.ask(() => worker.postMessage(request), secondsMax);
      if ('answer' in outcome && outcome.answer.kind === 'report') onReport();
      return outcome;
    },
    end: async () => void (await worker.terminate()),
  };
}
