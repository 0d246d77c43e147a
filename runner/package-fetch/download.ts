/**
 * Reads pages and files of a package index or of another registry: with limits, further attempts,
 * and resumed files.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';

/** Seconds for one page or file, with all attempts: an index may send a byte now and then. */
const downloadSecondsMax = 1_800;

/** Seconds for which an index may send nothing. */
const idleSecondsMax = 30;

const pauseMilliseconds = 500;

/** Seconds before the next attempt that an index may ask for (Retry-After); more are cut. */
const pauseSecondsMax = 60;
const redirectsMax = 5;

/** Attempts for one page or file, and the pause before the second attempt, doubled each time. */
const triesMax = 3;

export interface Network {
  readonly fetch: typeof fetch;
  readonly signal?: AbortSignal | undefined;
  /** Whether to fetch nothing. */
  readonly offline?: boolean | undefined;
}

interface WantedBytes {
  readonly url: URL;
  readonly accept?: string;
  readonly bytesMax: number;
  /** The origins to which the answer may redirect, besides the origin of `url`. */
  readonly origins: ReadonlySet<string>;
  /** The statuses that mean that the server has no such page or file; by default 404 and 410. */
  readonly absent?: ReadonlySet<number>;
  /** Seconds for the page or file, with all attempts; by default `downloadSecondsMax`. */
  readonly secondsMax?: number;
  /** Called with the number of bytes so far. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

interface Downloaded {
  readonly bytes: Buffer;
  /** The address that answered, behind all redirects. */
  readonly url: URL;
}

/** The bytes that have arrived in earlier attempts. */
interface Arrived {
  chunks: Uint8Array[];
  bytes: number;
}

/**
 * Reads an address. A broken download goes on where it stopped, when the server allows that.
 * @returns undefined when the server has no such page or file
 * @throws Problem `package-unavailable`
 */
export async function download(
  network: Network,
  wanted: WantedBytes,
): Promise<Downloaded | undefined> {
  if (network.offline === true)
    throw new Problem(
      'package-unavailable',
      `Cannot fetch ${wanted.url.href}: --offline allows no network`,
    );
  const arrived: Arrived = { chunks: [], bytes: 0 };
  const { secondsMax = downloadSecondsMax } = wanted;
  const whole = AbortSignal.timeout(secondsMax * 1000);
  const signal = network.signal === undefined ? whole : AbortSignal.any([network.signal, whole]);
  for (let tried = 1; ; tried++) {
    try {
      return await attempt({ ...network, signal }, wanted, arrived);
    } catch (cause) {
      network.signal?.throwIfAborted();
      if (whole.aborted)
        throw new Problem(
          'package-unavailable',
          `Cannot fetch ${wanted.url.href}: it did not arrive within ${secondsMax} seconds`,
          { hint: 'Try again, or name a nearer index: skillgate host index add ECOSYSTEM URL.' },
        );
      if (cause instanceof Problem || tried >= triesMax) throw failed(wanted.url, cause);
      const asked = cause instanceof AskedToWait ? cause.seconds * 1000 : 0;
      const pause = Math.max(asked, pauseMilliseconds * 2 ** (tried - 1));
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** A server that limits the rate of requests, and says when the next request may come. */
class AskedToWait extends Error {
  readonly seconds: number;

  constructor(message: string, seconds: number) {
    super(message);
    this.seconds = Math.min(seconds, pauseSecondsMax);
  }
}

function failed(url: URL, cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const { cause: inner, message } = cause as Error;
  const why = inner instanceof Error && inner.message !== '' ? inner.message : message;
  return new Problem('package-unavailable', `Cannot fetch ${url.href}: ${why}`, { cause });
}

const absentStatuses: ReadonlySet<number> = new Set([404, 410]);

function whyLater({ headers, status }: Response): Error {
  const message = `the server answers ${status}`;
  const seconds = /^\d{1,6}$/.exec(headers.get('retry-after') ?? '')?.[0];
  return seconds === undefined ? new Error(message) : new AskedToWait(message, Number(seconds));
}

async function attempt(
  network: Network,
  wanted: WantedBytes,
  arrived: Arrived,
): Promise<Downloaded | undefined> {
  const { absent = absentStatuses } = wanted;
  const idle = idleTimer(network.signal);
  try {
    const { answer, url } = await ask(network, wanted, arrived.bytes, idle.signal);
    if (absent.has(answer.status)) {
      await answer.body?.cancel();
      return undefined;
    }
    if (answer.status === 200 || answer.status === 416) {
      arrived.chunks = [];
      arrived.bytes = 0;
    }
    if (answer.status !== 200 && answer.status !== 206) {
      await answer.body?.cancel();
      const refused = `Cannot fetch ${url.href}: the server answers ${answer.status}`;
      // A later attempt may succeed: without a range, or when the server works again.
      if (answer.status >= 500 || [408, 416, 429].includes(answer.status)) throw whyLater(answer);
      throw new Problem('package-unavailable', refused);
    }
    for await (const chunk of answer.body ?? []) {
      idle.renew();
      arrived.bytes += chunk.byteLength;
      if (arrived.bytes > wanted.bytesMax)
        throw new Problem(
          'package-unavailable',
          `Cannot fetch ${url.href}: it has more than ${wanted.bytesMax} bytes`,
        );
      arrived.chunks.push(chunk);
      wanted.onBytes?.(arrived.bytes);
    }
    return { bytes: Buffer.concat(arrived.chunks), url };
  } finally {
    idle.stop();
  }
}

async function ask(
  { fetch: get }: Network,
  { accept = '*/*', origins, url: first }: WantedBytes,
  begin: number,
  signal: AbortSignal,
): Promise<{ readonly answer: Response; readonly url: URL }> {
  let url = first;
  for (let followed = 0; followed <= redirectsMax; followed++) {
    const answer = await get(url.href, {
      redirect: 'manual',
      signal,
      headers: {
        accept,
        // Some servers say of a tarball that the tarball is compressed by the protocol.
        ...(accept === '*/*' ? { 'accept-encoding': 'identity' } : {}),
        ...(begin > 0 ? { range: `bytes=${begin}-` } : {}),
      },
    });
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status >= 400 || location === null) {
      if (answer.status === 206 && !isRangeFrom(answer, begin)) {
        await answer.body?.cancel();
        throw new Error('the server answers with another part of the file');
      }
      return { answer, url };
    }
    await answer.body?.cancel();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next === undefined || (next.origin !== first.origin && !origins.has(next.origin)))
      throw new Problem(
        'package-unavailable',
        `Cannot fetch ${first.href}: the server redirects to ${next?.origin ?? location}, which the index does not name`,
      );
    url = next;
  }
  throw new Problem(
    'package-unavailable',
    `Cannot fetch ${first.href}: the server redirects more than ${redirectsMax} times`,
  );
}

function isRangeFrom(answer: Response, begin: number): boolean {
  return answer.headers.get('content-range')?.startsWith(`bytes ${begin}-`) === true;
}

function idleTimer(outer: AbortSignal | undefined) {
  const late = new AbortController();
  const start = (): NodeJS.Timeout =>
    setTimeout(
      () => late.abort(new Error(`no answer for ${idleSecondsMax} seconds`)),
      idleSecondsMax * 1000,
    );
  let timer = start();
  const renew = (): void => {
    clearTimeout(timer);
    timer = start();
  };
  const signal = outer === undefined ? late.signal : AbortSignal.any([outer, late.signal]);
  return { signal, renew, stop: () => clearTimeout(timer) };
}
