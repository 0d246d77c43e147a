/**
 * Lines of a stream that a stranger writes: in linear time however it is cut, none longer than a
 * limit, and never many in one turn.
 */
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';

const newline = 10;

/**
 * One line after the other, without its line feed; what comes after the last one is dropped. The
 * stream is left open.
 * @throws Problem `run-limit`
 */
export async function* linesOf(stream: Readable, bytesMax: number): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let size = 0;
  // Who has the stream may want to say what was wrong with it.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      refuseLonger(size + at - from, bytesMax);
      yield Buffer.concat([...pieces, chunk.subarray(from, at)]);
      pieces = [];
      size = 0;
      from = at + 1;
      // Timers have to come in between: what ends a session is one of them.
      await nextTurn();
    }
    pieces.push(chunk.subarray(from));
    size += chunk.length - from;
    refuseLonger(size, bytesMax);
    // One byte at a time is not one object for each.
    if (pieces.length > 1_000) pieces = [Buffer.concat(pieces)];
  }
}

function refuseLonger(bytes: number, bytesMax: number): void {
  if (bytes > bytesMax) throw new Problem('run-limit', `A line has more than ${bytesMax} bytes`);
}
