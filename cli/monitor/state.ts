/**
 * How far a log was replayed, on disk: the proven head, the place that the walk has come to, and what has to be remembered of the statements
 * before it. Each part is written before the state that counts it, so that a crash loses a part of the work and nothing else.
 */
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type CompactRange, emptyRange } from '../../skills-index/log/merkle-tree.ts';
import { type Digest, hexOf, isDigest } from '../../skills-index/skill/digest.ts';
import { parseJson } from '../../skills-index/skill/json.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { digest, isoTime, logIndex, type Shape } from '../../skills-index/statement/field-shapes.ts';
import { monitorHeadsMax, monitorStateValuesMax, monitorWithheldMax } from '../limits.ts';
import { writeWhole } from '../whole-file.ts';

export interface MonitorState {
  readonly schema: 'skillgate.monitor-state/1';
  /** Fingerprint of the pinned root file. */
  readonly root: Digest;
  /** The newest head that the entries were shown to make. */
  readonly seen?: { readonly note: string; readonly peaks: readonly string[]; readonly size: number };
  /** How far the entries were read; beyond `seen` nothing is proven yet. */
  readonly walked: { readonly peaks: readonly string[]; readonly size: number };
  /** Entries whose statement was not to be had, each with its bytes in base64. */
  readonly withheld: readonly { readonly index: number; readonly entry: string }[];
  /** When a head of at least this size was seen first. */
  readonly heads: readonly { readonly size: number; readonly at: string }[];
}

/** A statement that a replay remembers. */
export interface KeptWord {
  readonly logIndex: number;
  readonly address: Digest;
  /** The Sigstore bundle: base64 of its canonical bytes; absent for a verdict, of which the version is enough. */
  readonly bundle?: string;
  /** Package URL of a version that got a verdict. */
  readonly verdict?: string;
}

const peaks = boundedList(v.pipe(v.string(), v.maxLength(44)), 64);
const tree = exactObject({ peaks, size: logIndex });
const stateShape: Shape<MonitorState> = exactObject({
  schema: v.literal('skillgate.monitor-state/1'),
  root: digest,
  seen: v.exactOptional(exactObject({ note: v.string(), peaks, size: logIndex })),
  walked: tree,
  withheld: boundedList(exactObject({ index: logIndex, entry: v.string() }), monitorWithheldMax),
  heads: boundedList(exactObject({ size: logIndex, at: isoTime }), monitorHeadsMax),
});
const wordsShape: Shape<readonly KeptWord[]> = v.array(
  exactObject({
    logIndex,
    address: digest,
    bundle: v.exactOptional(v.string()),
    verdict: v.exactOptional(v.string()),
  }),
);

const addressBytes = 32;

/** The folder of one registry's replay. */
export class MonitorFolder {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** @throws Problem `json-invalid` for a damaged state: going on from a guess would prove nothing */
  async read(root: Digest): Promise<MonitorState> {
    const path = join(this.dir, 'state.json');
    const bytes = await readIfThere(path);
    if (bytes === undefined)
      return { schema: 'skillgate.monitor-state/1', root, walked: { peaks: [], size: 0 }, withheld: [], heads: [] };
    try {
      return parseShape(stateShape, parseJson(bytes, path, monitorStateValuesMax), 'json-invalid', path);
    } catch (cause) {
      throw damaged(this.dir, path, cause);
    }
  }

  async write(state: MonitorState): Promise<void> {
    await writeWhole(join(this.dir, 'state.json'), `${JSON.stringify(state)}\n`, 0o600);
  }

  /**
   * Keeps what a batch of entries said, beginning at `from`.
   * @param late what was withheld when its batch was read
   */
  async keepWords(from: number, words: readonly KeptWord[], { late = false }: { readonly late?: boolean } = {}): Promise<void> {
    if (words.length === 0) return;
    const name = `${String(from).padStart(15, '0')}${late ? '-late' : ''}.json`;
    await writeWhole(join(this.dir, 'words', name), `${JSON.stringify(words)}\n`, 0o600);
  }

  /** What was kept of the first `size` entries; files of a walk that was given up are removed. */
  async readWords(size: number): Promise<KeptWord[]> {
    const folder = join(this.dir, 'words');
    const words: KeptWord[] = [];
    for (const name of (await namesIn(folder)).sort()) {
      const path = join(folder, name);
      if (Number(name.slice(0, 15)) >= size) await rm(path);
      else words.push(...(await this.#wordsIn(path)).filter((one) => one.logIndex < size));
    }
    return words;
  }

  /** Puts the addresses of statements, or nothing where there is none, at their places. */
  async keepAddresses(from: number, addresses: readonly (Digest | undefined)[]): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    const none = Buffer.alloc(addressBytes);
    const bytes = Buffer.concat(addresses.map((one) => (one === undefined ? none : Buffer.from(hexOf(one), 'hex'))));
    const file = await open(join(this.dir, 'addresses'), constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      await file.write(bytes, 0, bytes.byteLength, from * addressBytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Address of the statement at a log index, as the log's replay found it. */
  async addressAt(index: number): Promise<Digest | undefined> {
    const file = await open(join(this.dir, 'addresses'), 'r');
    try {
      const bytes = Buffer.alloc(addressBytes);
      const { bytesRead } = await file.read(bytes, 0, addressBytes, index * addressBytes);
      const address = `sha256:${bytes.toString('hex')}`;
      return bytesRead === addressBytes && isDigest(address) ? address : undefined;
    } finally {
      await file.close();
    }
  }

  async #wordsIn(path: string): Promise<readonly KeptWord[]> {
    try {
      return parseShape(wordsShape, parseJson(await readFile(path), path, monitorStateValuesMax), 'json-invalid', path);
    } catch (cause) {
      throw damaged(this.dir, path, cause);
    }
  }
}

export function rangeOf({ peaks: texts, size }: MonitorState['walked']): CompactRange {
  return size === 0 ? emptyRange : { size, peaks: texts.map((one) => Buffer.from(one, 'base64')) };
}

export function printRange({ peaks: hashes, size }: CompactRange): MonitorState['walked'] {
  return { peaks: hashes.map((one) => Buffer.from(one).toString('base64')), size };
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  return names.filter((name) => /^\d{15}(-late)?\.json$/.test(name));
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
}

function damaged(dir: string, path: string, cause: unknown): Problem {
  return new Problem('json-invalid', `Cannot go on with the replay: ${path} is damaged`, {
    hint: `Move ${dir} away: the log is then replayed from its beginning.`,
    cause,
  });
}
