/** Clients that send their uploads in drops, while honest people work. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodyCheckMs, bodyGraceMs } from '../../../registry/request-limits/slow-bodies.ts';
import { makeSkill } from '../../registry/road.ts';
import { releaseOne } from '../walk.ts';
import { memoryOf } from './memory.ts';
import { makeStage, type Row } from './stage.ts';

const clients = 200;
/** Each client announces an upload of this size. */
const announcedBytes = 2_000_000;
const dropMs = 500;
/** The registry may take so long to end them on a busy machine. */
const endsMs = bodyGraceMs + 2 * bodyCheckMs + 20_000;
const memoryBytesMax = 200 * 1024 * 1024;

export async function runSlowBodies(): Promise<Row> {
  const stage = await makeStage();
  const { site, walk } = stage;
  const faults: string[] = [];
  try {
    await releaseOne(walk, makeSkill('@acme/before', '1.0.0'));
    const memoryBefore = await memoryOf(site.pid());
    const { port } = new URL(site.base());
    const slow = Array.from({ length: clients }, (_, nth) => sendInDrops(Number(port), nth));
    const started = performance.now();
    let honest = 0;
    let longestMs = 0;
    while (performance.now() - started < bodyGraceMs) {
      const begun = performance.now();
      await releaseOne(walk, makeSkill('@acme/meanwhile', `1.0.${honest++}`));
      longestMs = Math.max(longestMs, performance.now() - begun);
      await sleep(500);
    }
    const memory = (await memoryOf(site.pid())) - memoryBefore;
    const given = sleep(endsMs).then(() => 'still open' as const);
    const answers = await Promise.all(slow.map((one) => Promise.race([one.answer, given])));
    for (const { socket } of slow) socket.destroy();
    const open = answers.filter((answer) => answer === 'still open').length;
    if (open > 0) faults.push(`${open} connections were never ended`);
    if (memory > memoryBytesMax) faults.push(`the memory grew by ${inMiB(memory)}`);
    await releaseOne(walk, makeSkill('@acme/after', '1.0.0'));
    faults.push(...(await stage.lacks()));
    return {
      what: `${clients} slow bodies`,
      outcome: [
        printCounts(answers),
        `memory +${inMiB(memory)}`,
        `meanwhile ${honest} skills published, scanned and approved, ${Math.round(longestMs)} ms at most`,
      ].join('; '),
      faults,
    };
  } finally {
    await site.close();
  }
}

export function inMiB(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}

/** Counts of equal texts, such as `3 × 408, 2 × 429`. */
export function printCounts(texts: readonly string[]): string {
  const groups = [...Map.groupBy(texts, (text) => text)].sort();
  return groups.map(([text, all]) => `${all.length} × ${text}`).join(', ');
}

function sendInDrops(port: number, nth: number): { socket: Socket; answer: Promise<string> } {
  // Limits count by address.
  const localAddress = `127.2.${nth >> 8}.${(nth & 255) + 1}`;
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  const answer = new Promise<string>((resolve) => {
    let text = '';
    const timer = setInterval(() => socket.write('x'), dropMs);
    socket
      .on('connect', () =>
        socket.write(
          `POST /api/v1/versions HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${announcedBytes}\r\n\r\n`,
        ),
      )
      .on('data', (data) => {
        text += String(data);
        // The registry reads no more, but a client may go on sending.
        socket.end();
      })
      .on('error', () => undefined)
      .on('close', () => {
        clearInterval(timer);
        resolve(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 'ended without an answer');
      });
  });
  return { socket, answer };
}
