/**
 * How a runner and the shell in the sandbox agree that all is in place: the shell gives a sign, the
 * runner says go.
 */
import { PassThrough, type Readable } from 'node:stream';
import { Problem } from '../../skills-index/skill/problem.ts';
import { startSecondsMax } from '../limits.ts';

/** What the shell waits for on its input before it becomes the command. */
export const goAhead = 'go\n';

/**
 * Waits for the sign. All that is written to stderr before it is the backend's or the prelude's;
 * what comes after is the command's.
 * @throws Problem `sandbox-refused` with what was said instead, or where nothing is for too long
 */
export function untilStarted(source: Readable, started: string): Promise<Readable> {
  const stderr = new PassThrough();
  let before = '';
  return new Promise((resolve, reject) => {
    const onEnd = (): void =>
      reject(
        new Problem(
          'sandbox-refused',
          `The sandbox did not start: ${before.trim() || 'it said nothing'}`,
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
