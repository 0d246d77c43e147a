/** Ten thousand connections at once: idle ones, ones in the middle of a request, and whole requests. */
import { execFileSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { makeSkill } from '../../registry/road.ts';
import { releaseOne } from '../walk.ts';
import { memoryOf } from './memory.ts';
import { inMiB, printCounts } from './slow-bodies.ts';
import { makeStage, type Row } from './stage.ts';

const connections = 10_000;
/** Files of both processes besides the connections. */
const otherFiles = 500;
const ofOneAddress = 500;
const openedAtOnce = 500;
/** Connections of a kind share this time. */
const waitMs = 60_000;
const memoryBytesMax = 400 * 1024 * 1024;

/** What each connection sends; the last kind gets an answer. */
const kinds: readonly (readonly [string, (host: string) => string])[] = [
  ['idle', () => ''],
  ['half a head', (host) => `GET /index/config.json HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `],
  ['whole requests', (host) => `GET /index/config.json HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
];

/** One row for each kind, on a registry of its own. */
export async function* runConnections(): AsyncGenerator<Row> {
  const why = whyNot();
  if (why !== undefined) {
    yield { what: `${connections} connections`, outcome: `skipped: ${why}`, faults: [] };
    return;
  }
  for (const [what, textFor] of kinds) yield await runKind(what, textFor);
}

/** The limit of open files must allow the connections. */
function whyNot(): string | undefined {
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  if (limit === 'unlimited' || Number(limit) >= connections + otherFiles) return undefined;
  return `this process may open ${limit} files; type: ulimit -n ${connections + otherFiles}`;
}

async function runKind(kind: string, textFor: (host: string) => string): Promise<Row> {
  const stage = await makeStage();
  const { site, walk } = stage;
  const sockets: Socket[] = [];
  const faults: string[] = [];
  try {
    await releaseOne(walk, makeSkill('@acme/before', '1.0.0'));
    const before = await memoryOf(site.pid());
    const { host, port } = new URL(site.base());
    const started = performance.now();
    const answers: Promise<string>[] = [];
    for (let at = 0; at < connections; at += openedAtOnce) {
      const some = Array.from({ length: openedAtOnce }, (_, nth) =>
        openOne(Number(port), at + nth, textFor(host)),
      );
      sockets.push(...some.map(({ socket }) => socket));
      answers.push(...some.map(({ answer }) => answer));
      await Promise.all(some.map(({ isOpen }) => isOpen));
    }
    const open = sockets.filter(({ readyState }) => readyState === 'open').length;
    const asked = performance.now();
    await releaseOne(walk, makeSkill('@acme/meanwhile', '1.0.0'));
    const meanwhileMs = performance.now() - asked;
    const outcomes = textFor(host).endsWith('\r\n\r\n') ? await Promise.all(answers) : [];
    const seconds = (performance.now() - started) / 1_000;
    const memory = (await memoryOf(site.pid())) - before;
    if (memory > memoryBytesMax) faults.push(`the memory grew by ${inMiB(memory)}`);
    const wrong = outcomes.filter((code) => code !== '200' && code !== '503');
    if (wrong.length > 0) faults.push(`answered ${printCounts(wrong)}`);
    for (const socket of sockets) socket.destroy();
    await releaseOne(walk, makeSkill('@acme/after', '1.0.0'));
    faults.push(...(await stage.lacks()));
    return {
      what: `${connections} connections, ${kind}`,
      outcome: [
        `${open} open at once`,
        ...(outcomes.length > 0 ? [printCounts(outcomes)] : []),
        `${Math.round(seconds)} s`,
        `memory +${inMiB(memory)}`,
        `meanwhile a skill published, scanned and approved in ${Math.round(meanwhileMs)} ms`,
      ].join('; '),
      faults,
    };
  } finally {
    for (const socket of sockets) socket.destroy();
    await site.close();
  }
}

interface Opened {
  readonly socket: Socket;
  /** Settles when the connection is open, or refused. */
  readonly isOpen: Promise<void>;
  /** The status of the answer, or what happened instead. */
  readonly answer: Promise<string>;
}

function openOne(port: number, nth: number, text: string): Opened {
  const localAddress = `127.3.0.${1 + Math.floor(nth / ofOneAddress)}`;
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  const isOpen = new Promise<void>((resolve) => {
    socket.once('connect', () => resolve()).once('close', () => resolve());
  });
  const answer = new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve('no answer'), waitMs);
    const end = (what: string): void => {
      clearTimeout(timer);
      resolve(what);
    };
    socket
      .once('connect', () => text !== '' && socket.write(text))
      .once('data', (data) => end(/^HTTP\/1\.1 (\d{3})/.exec(String(data))?.[1] ?? 'no HTTP'))
      .once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
      .once('close', () => end('closed'));
  });
  return { socket, isOpen, answer };
}
