/** Data that the looks of one process share. */

import { peek } from '../../skills-index/client/peek.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import { parseSigstoreBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import {
  mapNames,
  mapNamesOfSubject,
} from '../../skills-index/trust/members-and-scopes/map-names.ts';
import { readLogged } from '../../skills-index/trust/members-and-scopes/read-logged.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import {
  gatherTrustStatements,
  type TrustStatement,
} from '../../skills-index/trust/signatures/trust-statements.ts';
import { readVerifiedBefore } from '../../skills-index/trust/signatures/verified-before.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import type { Difference } from './difference.ts';
import {
  type MonitorState,
  monitorWithheldMax,
  type RememberedStatement,
  sumOfStatements,
} from './state-file.ts';
import {
  type LoggedSummary,
  MapOfNames,
  type MonitorFolder,
  type ReadFiles,
  type ReadStatements,
  type ReplayTrust,
  type ReplayWorld,
} from './world.ts';

/** Bytes of statements that are not verified again at the next look. */
const monitorVerifiedBytesMax = 128 * 1024 * 1024;

/** Sizes of a log whose maps of names a process remembers. */
export const monitorMapsMax = 4;

const monitorWordsMax = 200_000;

export type ReplayMemory = Pick<ReplayWorld, 'verified' | 'known' | 'judged' | 'judgedSummaries'>;

export function makeMemory(): ReplayMemory {
  return {
    verified: new VerifiedStatements(monitorVerifiedBytesMax),
    known: new KnownWords(),
    judged: new Map(),
    judgedSummaries: new Map(),
  };
}

/** A word of the log, or a verification summary, with its place. */
type Known = { readonly logIndex: number } & (
  | { readonly word: TrustStatement; readonly names: readonly string[] }
  | { readonly summary: LoggedSummary }
);

/** The map of names of the log at a size. */
interface MapAt {
  readonly size: number;
  readonly map: MapOfNames;
}

interface Memory {
  readonly by: Digest;
  readonly files: ReadFiles;
  readonly known: readonly Known[];
  /** What was made of them at the last look, up to a size of the log. */
  readonly read?: ReadStatements & { readonly size: number; readonly policy: Digest };
  /** Maps of the sizes that were asked for last. */
  readonly maps: readonly MapAt[];
}

/** What the looks of one process have read, by the folder of the replay. */
class KnownWords {
  readonly #byFolder = new Map<string, Memory>();

  /**
   * The words of the log below a size.
   * @throws Problem `json-invalid` when a word is missing or another, `monitor-limit`
   */
  async read(world: ReplayWorld, state: MonitorState, size: number): Promise<ReadStatements> {
    const by = trustDigest(world);
    const before = this.#byFolder.get(world.folder.dir);
    const memory = await addWords(world, state, {
      by,
      before: before?.by === by ? before : undefined,
    });
    const policy = canonicalDigest(world.policy);
    const { read } = memory;
    const isSame = read !== undefined && read.size === size && read.policy === policy;
    const now = isSame
      ? read
      : { ...makeRead(world, memory.known, { size, by, policy }), size, policy };
    this.#byFolder.set(world.folder.dir, { ...memory, read: now });
    return now;
  }

  /**
   * The map of names of the first `size` entries of a log. All of them were read, and the registry
   * withheld no statement of them.
   */
  mapAt({ dir }: MonitorFolder, size: number): MapOfNames {
    const memory = this.#byFolder.get(dir);
    if (memory === undefined) throw new Problem('internal', `Nothing of ${dir} was read`);
    const { known, maps } = memory;
    const start = maps.reduce<MapAt>(
      (best, one) => (one.size <= size && one.size > best.size ? one : best),
      { size: 0, map: new MapOfNames() },
    );
    let { map } = start;
    for (const one of known)
      if ('names' in one && one.logIndex >= start.size && one.logIndex < size)
        map = map.with(one.names, one.logIndex);
    const others = maps.filter((one) => one.size !== size).slice(1 - monitorMapsMax);
    this.#byFolder.set(dir, { ...memory, maps: [...others, { size, map }] });
    return map;
  }
}

function trustDigest({ root, sigstore }: ReplayTrust): Digest {
  return canonicalDigest([
    rootFingerprint(root),
    sigstore === undefined ? null : canonicalDigest(sigstore),
  ]);
}

async function addWords(
  world: ReplayWorld,
  state: MonitorState,
  { by, before }: { readonly by: Digest; readonly before: Memory | undefined },
): Promise<Memory> {
  const files = await world.folder.readWords(state, before?.files);
  if (before !== undefined && files.isMore && files.words.length === 0) return { ...before, files };
  const isProven = files.isMore ? () => false : provenBefore(state, { by, words: files.words });
  const added = files.words.flatMap((one) => readWord(world, one, isProven(one)) ?? []);
  const known = files.isMore ? [...(before?.known ?? []), ...added] : added;
  if (known.length > monitorWordsMax)
    throw new Problem(
      'monitor-limit',
      `Cannot replay the log: it has more than ${monitorWordsMax} statements that a replay must remember`,
    );
  await keepProven(world, state, { by, known });
  // A statement that was withheld before comes late: maps of larger sizes lack it.
  const maps = (files.isMore ? (before?.maps ?? []) : []).filter(({ size }) =>
    added.every(({ logIndex }) => logIndex >= size),
  );
  return { by, files, known: known.sort((one, other) => one.logIndex - other.logIndex), maps };
}

/**
 * Which words the state on disk says were verified; none where they are others, or lie beyond the
 * signed head that this look has proven.
 */
function provenBefore(
  { seen, verified }: MonitorState,
  { by, words }: { readonly by: Digest; readonly words: readonly RememberedStatement[] },
): (one: RememberedStatement) => boolean {
  if (verified === undefined || seen === undefined || verified.by !== by) return () => false;
  const among = words.filter(({ logIndex }) => logIndex < verified.size);
  const isProven = verified.size <= seen.size && sumOfStatements(among) === verified.words;
  const except = new Set(verified.except);
  return ({ logIndex }) => isProven && logIndex < verified.size && !except.has(logIndex);
}

/**
 * Writes what is verified now, after the words themselves: a crash between leaves less verified,
 * and nothing else.
 */
async function keepProven(
  { folder }: ReplayWorld,
  state: MonitorState,
  { by, known }: { readonly by: Digest; readonly known: readonly Known[] },
): Promise<void> {
  const { size, sums } = state.walked;
  const { verified, ...rest } = state;
  if (verified?.by === by && verified.size === size && verified.words === sums.words) return;
  const except = known.flatMap((one) => ('word' in one && 'why' in one.word ? [one.logIndex] : []));
  if (except.length > monitorWithheldMax) return;
  await folder.write({ ...rest, verified: { by, size, words: sums.words, except } });
}

function readWord(
  world: ReplayWorld,
  { bundle, verdict: purl, logIndex, address }: RememberedStatement,
  isProven: boolean,
): Known[] {
  if (bundle === undefined)
    return purl === undefined ? [] : [{ logIndex, summary: { purl, logIndex, address } }];
  const bytes = Buffer.from(bundle, 'base64');
  const again = isProven ? readVerifiedBefore(bytes, address, world.root) : undefined;
  const word = again ?? readLogged(bytes, { logIndex, digest: address }, world);
  return [{ logIndex, word, names: namesOfWord(word, bytes) }];
}

// The registry names a statement by its text, whether or not anybody can verify the statement.
function namesOfWord(word: TrustStatement, bytes: Uint8Array): string[] {
  if ('statement' in word) return mapNames(word.statement);
  const said = peek(() =>
    peekStatement(parseSigstoreBundle(parseJson(bytes, 'a statement').value).dsseEnvelope),
  );
  return said === undefined ? mapNamesOfSubject(word.about) : mapNames(said);
}

function makeRead(
  world: ReplayWorld,
  known: readonly Known[],
  { size, by, policy }: { readonly size: number; readonly by: Digest; readonly policy: Digest },
): ReadStatements {
  const below = known.filter(({ logIndex }) => logIndex < size);
  const words = below.flatMap((one) => ('word' in one ? [one.word] : []));
  return {
    words: gatherTrustStatements(world, words),
    epoch: `${by} ${policy} ${words.length} ${words.at(-1)?.logIndex ?? -1}`,
    summaries: below.flatMap((one) => ('summary' in one ? [one.summary] : [])),
    unverifiable: words.flatMap((one): Difference[] =>
      'why' in one
        ? [{ code: 'statement-unverifiable', place: `log index ${one.logIndex}`, message: one.why }]
        : [],
    ),
  };
}
