/** The access log: one line of JSON for each request. */
import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import { Problem } from '../../skills-index/skill/problem.ts';
import { accessLogRetryMs, accessLogWaitingBytesMax } from '../limits.ts';
import type { ObservedRequest } from './observed-requests.ts';

export interface AccessLog {
  note(request: ObservedRequest): void;
  /** Opens the file by its name again, after another program has renamed it. */
  reopen(): void;
  close(): Promise<void>;
}

/** A file, or a function that writes a line. */
export type AccessLogTarget = string | ((line: string) => void);

/**
 * Opens the log. A log that cannot be written later stops no request.
 * @param say receives a warning when lines are lost
 * @throws Problem `file-not-found` when the file cannot be opened
 */
export function openAccessLog(
  target: AccessLogTarget,
  { now, say }: { readonly now: () => Date; readonly say: (line: string) => void },
): AccessLog {
  const write = typeof target === 'string' ? appendTo(target, now, say) : undefined;
  return {
    note: (request) => {
      const line = `${JSON.stringify(lineOf(request, now()))}\n`;
      if (typeof target === 'string') write?.line(line);
      else target(line);
    },
    reopen: () => write?.reopen(),
    close: async () => write?.close(),
  };
}

function lineOf({ isAborted, ...request }: ObservedRequest, now: Date): object {
  return { time: now.toISOString(), ...request, ...(isAborted && { aborted: true }) };
}

function appendTo(path: string, now: () => Date, say: (line: string) => void) {
  let stream: WriteStream | undefined;
  let failedAt = 0;
  const fail = (why: string): void => {
    stream = undefined;
    failedAt = now().getTime();
    say(`warning: requests are missing from the access log ${path}: ${why}`);
  };
  const open = (): void => {
    const next = createWriteStream(path, { fd: openSync(path, 'a', 0o600) });
    next.once('error', (error) => {
      if (stream === next) fail(error.message);
    });
    stream = next;
  };
  const tryOpen = (): void => {
    try {
      open();
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  };
  try {
    open();
  } catch (cause) {
    throw new Problem(
      'file-not-found',
      `Cannot write the access log ${path}: ${(cause as NodeJS.ErrnoException).code}`,
      {
        cause,
        hint: 'name a file in a folder that exists and that the user of the registry may write',
      },
    );
  }
  const end = (ended: WriteStream | undefined): Promise<void> =>
    new Promise((resolve) => (ended === undefined ? resolve() : ended.end(resolve)));
  return {
    line: (line: string): void => {
      if (stream === undefined && now().getTime() - failedAt > accessLogRetryMs) tryOpen();
      // A disk that hangs must not fill the memory.
      if (stream !== undefined && stream.writableLength > accessLogWaitingBytesMax) {
        stream.destroy();
        fail('the disk is too slow');
      }
      stream?.write(line);
    },
    reopen: (): void => {
      void end(stream);
      tryOpen();
    },
    close: (): Promise<void> => end(stream),
  };
}
