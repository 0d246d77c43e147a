/**
 * Splits an untrusted stream into lines, in linear time, with a limit on line length, and with
 * pauses for other work.
 */
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';

const newline = 10;

/**
 * Yields each line of a stream without its line feed, and drops text after the last line feed. The
 * stream stays open.
 * @throws Problem `run-limit` when a line is too long
 */
export async function* linesOf(stream: Readable, bytesMax: number): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let size = 0;
  // Keep the stream open: the caller may answer on the stream with the error.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      requireLineLength(size + at - from, bytesMax);
      yield Buffer.concat([...pieces, chunk.subarray(from, at)]);
      pieces = [];
      size = 0;
      from = at + 1;
      // Let timers run between two lines: one of the timers ends a session.
      await nextTurn();
    }
    pieces.push(chunk.subarray(from));
    size += chunk.length - from;
    requireLineLength(size, bytesMax);
    // Merge small chunks: a stream that sends single bytes must not cost one object for each byte.
    if (pieces.length > 1_000) pieces = [Buffer.concat(pieces)];
  }
}

function requireLineLength(bytes: number, bytesMax: number): void {
  if (bytes > bytesMax)
    throw new Problem('run-limit', `Cannot read the input: a line has more than ${bytesMax} bytes`);
}
