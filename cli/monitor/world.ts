/** What a replay of a registry's log is given. */

import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '../../skills-index/client/blobs.ts';
import {
  emptyMapRoot,
  isOne,
  type MapLeaf,
  mapDepth,
  mapLeafHash,
  mapNodeHash,
  nextMapValue,
} from '../../skills-index/log/map-tree.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import type { WitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { type Digest, hexOf, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import type {
  ReplayedLine,
  TrustStatements,
} from '../../skills-index/trust/index-files/judge-line.ts';
import { mapKeyOf } from '../../skills-index/trust/members-and-scopes/map-names.ts';
import type { Policy } from '../../skills-index/trust/policy/policy.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import type { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { writeWhole } from '../whole-file.ts';
import type { Difference } from './difference.ts';
import {
  emptyState,
  emptySums,
  type MonitorState,
  parseState,
  printAddress,
  printRemembered,
  printState,
  type RememberedStatement,
  rememberedStatementsShape,
  sumWith,
} from './state-file.ts';

/** Values in one file of its state. */
export const monitorStateValuesMax = 1_000_000;

/** By what the log is judged; the root of trust as it is now. */
export interface ReplayTrust {
  readonly root: RootFile;
  readonly policy: Policy;
  /** Parsed trusted_root.json. */
  readonly sigstore?: unknown;
  /** Left out by a witness, whose own cosignature may be the one that is missing. */
  readonly witnesses?: WitnessPolicy;
}

/** The words of a log as a look judges by them. */
export interface ReadStatements {
  readonly words: TrustStatements;
  /** Changes whenever the words do, or what they are judged by. */
  readonly epoch: string;
  readonly summaries: readonly LoggedSummary[];
  readonly unverifiable: readonly Difference[];
}

export interface ReplayWorld extends ReplayTrust {
  readonly source: Source;
  /** Of the pinned root file: it outlives rotations. */
  readonly fingerprint: Digest;
  readonly folder: MonitorFolder;
  readonly now: () => Date;
  /** Remembers what this process verified and judged, over several looks. */
  readonly verified: VerifiedStatements;
  /** Reads the words of the log below a size, and verifies those of them that are new. */
  readonly known: {
    read(world: ReplayWorld, state: MonitorState, size: number): Promise<ReadStatements>;
    /** The map of names of the first `size` entries that `read` was given. */
    mapAt(folder: MonitorFolder, size: number): MapOfNames;
  };
  readonly judged: Map<string, ReplayedLine>;
  readonly judgedSummaries: Map<string, ReplayedSummary>;
  /** Told how many entries there are to read, before the first. */
  readonly onWork?: (entries: number) => void;
  /** Told of each that was read. */
  readonly onEntry?: (index: number) => void;
}

/** A verification summary as a replay remembers it. */
export interface LoggedSummary {
  /** Package URL of the version. */
  readonly purl: string;
  readonly logIndex: number;
  readonly address: Digest;
}

/** What came of a verification summary in the log whose index line is not shown. */
export type ReplayedSummary =
  | { readonly line: IndexLine; readonly replayed: ReplayedLine }
  /** The statement at `withheld` was shown before and is not any more. */
  | { readonly withheld: number }
  /**
   * A statement behind the verification summary is not in the log as it is read here, or cannot be
   * verified: a registry could hide a stop in this way.
   */
  | { readonly unfounded: string }
  /** Installers take nothing on such a verification summary, whatever they are shown. */
  | { readonly why: string };

// The progress of a replay, on disk: the proven head, the position of the walk, and data of earlier
// statements. Each part is written before the state that counts it, so that a crash only loses some
// work.

/** What was read of the files of words. */
export interface ReadFiles {
  /** Files of which each word was read. */
  readonly names: ReadonlySet<string>;
  /** Over all words that were read so far. */
  readonly sum: string;
  readonly words: readonly RememberedStatement[];
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
    words: readonly RememberedStatement[],
    { late = false }: { readonly late?: boolean } = {},
  ): Promise<void> {
    if (words.length === 0) return;
    const name = `${String(from).padStart(15, '0')}${late ? '-late' : ''}.json`;
    await writeWhole(join(this.dir, 'statements', name), `${JSON.stringify(words)}\n`, 0o600);
  }

  /**
   * Removes the words of a walk that was given up: the next walk may lay its batches otherwise, and
   * a word of both would be counted twice.
   */
  async removeWordsFrom(size: number): Promise<void> {
    const folder = join(this.dir, 'statements');
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
    const folder = join(this.dir, 'statements');
    const words: RememberedStatement[] = [];
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
    const sum = sumWith(before?.sum ?? emptySums.words, words.map(printRemembered));
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

  async #wordsIn(path: string): Promise<readonly RememberedStatement[]> {
    try {
      return parseShape(
        rememberedStatementsShape,
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

// The map of names as a monitor computes it from the log. Adding a statement makes a new map and
// leaves the old one as it was, because heads of several sizes are compared.

/** A part of the tree. Its hash is computed when somebody asks for the root, and then kept. */
type Tree = Leaf | Branch;

interface Leaf extends MapLeaf {
  hash: Hash | undefined;
}

interface Branch {
  readonly zero: Tree | undefined;
  readonly one: Tree | undefined;
  hash: Hash | undefined;
}

/** The map of names of the log up to some size. */
export class MapOfNames {
  readonly #tree: Tree | undefined;

  constructor(tree?: Tree) {
    this.#tree = tree;
  }

  /** The map with one more statement. The log index is larger than all before. */
  with(names: readonly string[], logIndex: number): MapOfNames {
    if (names.length === 0) return this;
    let tree = this.#tree;
    for (const name of names) tree = put(tree, { key: mapKeyOf(name), logIndex }, 0);
    return new MapOfNames(tree);
  }

  /** The root that a head with exactly these statements has. */
  root(): Hash {
    return hashOf(this.#tree);
  }
}

interface Addition {
  readonly key: Hash;
  readonly logIndex: number;
}

function put(tree: Tree | undefined, added: Addition, bits: number): Tree {
  const { key, logIndex } = added;
  if (tree === undefined) return leaf(key, nextMapValue(undefined, logIndex));
  if (!('key' in tree))
    return isOne(key, bits)
      ? branch(tree.zero, put(tree.one, added, bits + 1))
      : branch(put(tree.zero, added, bits + 1), tree.one);
  if (Buffer.compare(tree.key, key) === 0) return leaf(key, nextMapValue(tree.value, logIndex));
  if (bits === mapDepth) throw new Problem('internal', 'Two different keys have the same bits');
  // The leaf that is here moves down to where the two paths part.
  const moved = isOne(tree.key, bits) ? branch(undefined, tree) : branch(tree, undefined);
  return put(moved, added, bits);
}

function leaf(key: Hash, value: Hash): Leaf {
  return { key, value, hash: undefined };
}

function branch(zero: Tree | undefined, one: Tree | undefined): Branch {
  return { zero, one, hash: undefined };
}

function hashOf(tree: Tree | undefined): Hash {
  if (tree === undefined) return emptyMapRoot;
  tree.hash ??=
    'key' in tree ? mapLeafHash(tree) : mapNodeHash(hashOf(tree.zero), hashOf(tree.one));
  return tree.hash;
}
