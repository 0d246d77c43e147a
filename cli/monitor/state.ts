/**
 * The progress of a replay, on disk: the proven head, the position of the walk, and data of earlier
 * statements. Each part is written before the state that counts it, so that a crash only loses some
 * work.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, hexOf, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { writeWhole } from '../whole-file.ts';
import { type KeptWord, printAddress, printWord, wordsShape } from './kept-words.ts';
import { monitorStateValuesMax } from './limits.ts';
import { emptyState, type MonitorState, parseState, printState } from './state-file.ts';
import { emptySums, sumWith } from './sums.ts';

/** What was read of the files of words. */
export interface ReadFiles {
  /** Files of which each word was read. */
  readonly names: ReadonlySet<string>;
  /** Over all words that were read so far. */
  readonly sum: string;
  readonly words: readonly KeptWord[];
  /** Whether `words` are only those that came to what was read before. */
  readonly isMore: boolean;
}

const addressBytes = 32;

/** The folder of one registry's replay. */
export class MonitorFolder {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /**
   * @throws Problem `json-invalid` for a damaged state: going on from a guess would prove nothing
   */
  async read(root: Digest): Promise<MonitorState> {
    const path = join(this.dir, 'state.json');
    const bytes = await readIfThere(path);
    if (bytes === undefined) return emptyState(root);
    try {
      return parseState(parseJson(bytes, path, monitorStateValuesMax), path);
    } catch (cause) {
      throw damaged(this.dir, path, cause);
    }
  }

  async write(state: MonitorState): Promise<void> {
    await writeWhole(join(this.dir, 'state.json'), printState(state), 0o600);
  }

  /**
   * Keeps what a batch of entries said, beginning at `from`.
   * @param late what was withheld when its batch was read
   */
  async keepWords(
    from: number,
    words: readonly KeptWord[],
    { late = false }: { readonly late?: boolean } = {},
  ): Promise<void> {
    if (words.length === 0) return;
    const name = `${String(from).padStart(15, '0')}${late ? '-late' : ''}.json`;
    await writeWhole(join(this.dir, 'words', name), `${JSON.stringify(words)}\n`, 0o600);
  }

  /**
   * Removes the words of a walk that was given up: the next walk may lay its batches otherwise, and
   * a word of both would be counted twice.
   */
  async removeWordsFrom(size: number): Promise<void> {
    const folder = join(this.dir, 'words');
    for (const name of await namesIn(folder))
      if (fromOf(name) >= size) await rm(join(folder, name));
  }

  /**
   * What was kept of the entries that were walked.
   * @param before what this process has read: of files that it knows nothing is read again
   * @throws Problem `json-invalid` when a word is missing or another
   */
  async readWords(state: MonitorState, before?: ReadFiles): Promise<ReadFiles> {
    const { walked, withheld } = state;
    const folder = join(this.dir, 'words');
    const words: KeptWord[] = [];
    const names = new Set(before?.names);
    // A statement that came late was written before the state that counts it.
    const uncounted = new Set(withheld.map(({ index }) => index));
    for (const name of (await namesIn(folder)).sort()) {
      if (names.has(name)) continue;
      const all = await this.#wordsIn(join(folder, name));
      const counted = all.filter(
        (one) => one.logIndex < walked.size && !uncounted.has(one.logIndex),
      );
      if (counted.length === all.length) names.add(name);
      words.push(...counted);
    }
    const sum = sumWith(before?.sum ?? emptySums.words, words.map(printWord));
    if (sum === walked.sums.words) return { names, sum, words, isMore: before !== undefined };
    if (before !== undefined) return this.readWords(state);
    throw damaged(this.dir, folder);
  }

  /** Puts the addresses of statements, or nothing where there is none, at their places. */
  async keepAddresses(from: number, addresses: readonly (Digest | undefined)[]): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    const none = Buffer.alloc(addressBytes);
    const bytes = Buffer.concat(
      addresses.map((one) => (one === undefined ? none : Buffer.from(hexOf(one), 'hex'))),
    );
    const file = await open(
      join(this.dir, 'addresses'),
      constants.O_RDWR | constants.O_CREAT,
      0o600,
    );
    try {
      await file.write(bytes, 0, bytes.byteLength, from * addressBytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Address of the statement at a log index, as the log's replay found it. */
  async addressAt(index: number): Promise<Digest | undefined> {
    const file = await openIfThere(join(this.dir, 'addresses'));
    if (file === undefined) return undefined;
    try {
      const bytes = Buffer.alloc(addressBytes);
      const { bytesRead } = await file.read(bytes, 0, addressBytes, index * addressBytes);
      return bytesRead === addressBytes ? addressIn(bytes) : undefined;
    } finally {
      await file.close();
    }
  }

  /** Log index of the statement with an address. */
  async indexOf(address: Digest): Promise<number | undefined> {
    const all = Buffer.from((await readIfThere(join(this.dir, 'addresses'))) ?? []);
    const sought = Buffer.from(hexOf(address), 'hex');
    for (let at = all.indexOf(sought); at !== -1; at = all.indexOf(sought, at + 1))
      if (at % addressBytes === 0) return at / addressBytes;
    return undefined;
  }

  /**
   * Asked before an address is held against the registry.
   * @throws Problem `json-invalid` when an address is missing or another than the log's replay
   * found
   */
  async requireAddresses({ walked, withheld }: MonitorState): Promise<void> {
    const path = join(this.dir, 'addresses');
    const all = Buffer.from((await readIfThere(path)) ?? []);
    const uncounted = new Set(withheld.map(({ index }) => index));
    const parts: string[] = [];
    for (let index = 0; index < walked.size; index++) {
      const slot = all.subarray(index * addressBytes, (index + 1) * addressBytes);
      const address =
        slot.byteLength === addressBytes && !uncounted.has(index) ? addressIn(slot) : undefined;
      if (address !== undefined) parts.push(printAddress(index, address));
    }
    if (sumWith(emptySums.addresses, parts) !== walked.sums.addresses)
      throw damaged(this.dir, path);
  }

  async #wordsIn(path: string): Promise<readonly KeptWord[]> {
    try {
      return parseShape(
        wordsShape,
        parseJson(await readFile(path), path, monitorStateValuesMax),
        'json-invalid',
        path,
      );
    } catch (cause) {
      throw damaged(this.dir, path, cause);
    }
  }
}

function addressIn(slot: Buffer): Digest | undefined {
  const address = `sha256:${slot.toString('hex')}`;
  return slot.some((byte) => byte !== 0) && isDigest(address) ? address : undefined;
}

const fromOf = (name: string): number => Number(name.slice(0, 15));

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

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
}

export function damaged(dir: string, path: string, cause?: unknown): Problem {
  return new Problem('json-invalid', `Cannot go on with the replay: ${path} is damaged`, {
    hint: `move ${dir} to another place; the next run replays the log from its beginning`,
    cause,
  });
}
