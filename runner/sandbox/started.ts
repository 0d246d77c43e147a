/**
 * The handshake between the runner and the shell in the sandbox. The shell reports that the sandbox
 * is complete, then the runner tells the shell to start the command.
 */
import { PassThrough, type Readable } from 'node:stream';
import { Problem } from '../../skills-index/skill/problem.ts';
import { startSecondsMax } from '../limits.ts';

/** The line from the runner that the shell waits for before the shell becomes the command. */
export const goAhead = 'go\n';

/**
 * Waits until the shell reports that the sandbox started. Text on stderr before the report comes
 * from the backend or the prelude; later text comes from the command.
 * @throws Problem `sandbox-refused` with the earlier text, or when the report does not arrive in
 * time
 */
export function untilStarted(source: Readable, started: string): Promise<Readable> {
  const stderr = new PassThrough();
  let before = '';
  return new Promise((resolve, reject) => {
    const onEnd = (): void =>
      reject(
        new Problem(
          'sandbox-refused',
          `The sandbox did not start: ${before.trim() || 'it printed nothing'}`,
        ),
      );
    const late = setTimeout(onEnd, startSecondsMax * 1000);
    const onData = (chunk: Buffer): void => {
      before += chunk.toString('latin1');
      const at = before.indexOf(`${started}\n`);
      if (at < 0) return;
      clearTimeout(late);
      source.off('data', onData).off('end', onEnd);
      stderr.write(Buffer.from(before.slice(at + started.length + 1), 'latin1'));
      source.pipe(stderr);
      resolve(stderr);
    };
    source
      .on('data', onData)
      .on('end', onEnd)
      .on('end', () => clearTimeout(late));
  });
}
