/**
 * Fetches what the log says about the people, keys and scope behind a version: the proofs that
 * nothing is left out, and the statements that the index line does not name.
 */
import type { Checkpoint } from '../log/checkpoint.ts';
import { type Digest, digestOf, isDigest } from '../skill/digest.ts';
import type { SkillName } from '../skill/name.ts';
import { parseJson } from '../skill/text/json.ts';
import type { Version } from '../skill/version.ts';
import { parseSigstoreBundle } from '../statement/signature-formats/sigstore-bundle.ts';
import {
  type NameProofsFile,
  nameProofsBytesMax,
  parseNameProofsFile,
  provesName,
} from '../trust/index-files/name-proofs.ts';
import { fetchFile, fetchNamed, inTurns, type Source } from './blobs.ts';
import { peek } from './peek.ts';
import type { Store } from './store.ts';

export const statementBlobBytesMax = 8 * 1024 * 1024;

interface AskedVersion {
  readonly name: SkillName;
  readonly version: Version;
}

/** Of a registry that shows no proofs. `decide` then refuses the version. */
const noWords: NameProofsFile = { map: new Uint8Array(), names: new Map() };

interface FetchedNameProofs {
  readonly nameProofs: NameProofsFile;
  /** The file as the registry sent it; undefined when there is none. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * The kept proofs, where they are of this head's map and each of them holds. The map has not
 * changed then, so the registry has no other proofs.
 */
export async function cachedNameProofs(
  { store }: Source,
  asked: AskedVersion,
  head: Checkpoint,
): Promise<FetchedNameProofs | undefined> {
  const bytes = await store.getNamed(wordsName(asked));
  const nameProofs = bytes && peek(() => parseNameProofsFile(bytes));
  if (nameProofs === undefined || !isOfHead(nameProofs, head)) return undefined;
  const holds = [...nameProofs.names].every(([name, proof]) =>
    provesName(nameProofs.map, name, proof),
  );
  return holds ? { nameProofs, bytes } : undefined;
}

/**
 * Fetches the proofs of the map of a head. A registry that does not keep that map sends the proofs
 * of its present head, and so does a copy of a registry.
 * @throws Problem `registry-down`, `registry-answer-invalid`
 */
export async function fetchNameProofs(
  source: Source,
  asked: AskedVersion,
  head?: Checkpoint,
): Promise<FetchedNameProofs> {
  const bytes = await fetchNamed(source, {
    name: wordsName(asked),
    path: `/proofs/${asked.name}/${asked.version}?size=${head?.size ?? ''}`,
    bytesMax: nameProofsBytesMax,
    // The proofs are kept together with the status of their head.
    isGood: () => false,
  });
  return { nameProofs: bytes === undefined ? noWords : parseNameProofsFile(bytes), bytes };
}

/** Whether the proofs are of the map of this head. */
export function isOfHead({ map }: NameProofsFile, head: Pick<Checkpoint, 'map'>): boolean {
  return head.map !== undefined && Buffer.compare(map, head.map) === 0;
}

/**
 * Keeps the proofs with the status of their head. A host that is offline needs both: another skill
 * may have brought a newer status meanwhile.
 */
export async function cacheNameProofs(
  { store }: Source,
  asked: AskedVersion,
  { bytes, status }: { readonly bytes: Uint8Array | undefined; readonly status: Uint8Array },
): Promise<void> {
  if (bytes === undefined) return;
  await store.putNamed(statusName(asked), status);
  await store.putNamed(wordsName(asked), bytes);
}

/** The status that was kept with the proofs. */
export function cachedStatus(
  { store }: Source,
  asked: AskedVersion,
): Promise<Uint8Array | undefined> {
  return store.getNamed(statusName(asked));
}

/**
 * Fetches the statements that the proofs name.
 * @param known log indexes of the statements that the caller has
 */
export async function fetchProvenStatements(
  source: Source,
  { names }: NameProofsFile,
  known: ReadonlySet<number>,
): Promise<Map<Digest, Uint8Array>> {
  const needed = [...names.values()].flatMap(({ at, upTo = Number.POSITIVE_INFINITY }) =>
    at.filter((index) => index < upTo),
  );
  const lacking = [...new Set(needed)].filter((index) => !known.has(index));
  const fetched = await inTurns(lacking, (index) => fetchStatementAt(source, index));
  return new Map(
    fetched.flatMap((bytes) => (bytes === undefined ? [] : [[digestOf(bytes), bytes] as const])),
  );
}

/**
 * Fetches the statement at a log index; undefined when the registry has none there.
 * @throws Problem `registry-down`, `registry-answer-invalid`
 */
export async function fetchStatementAt(
  source: Source,
  index: number,
): Promise<Uint8Array | undefined> {
  // A statement never changes, so a kept copy is not asked for again. The digest under the log
  // index shows whether the copy is whole: a damaged copy would have later decisions refused.
  const { store } = source;
  const name = `log/statements/${index}`;
  const kept = await readKept(store, name);
  if (kept !== undefined && isAt(kept, index)) return kept;
  if (source.offline === true) return undefined;
  const bytes = await fetchFile(source, `/log/statements/${index}`, statementBlobBytesMax);
  if (bytes === undefined) return undefined;
  const digest = digestOf(bytes);
  await store.put(digest, bytes);
  await store.putNamed(name, Buffer.from(digest));
  return bytes;
}

async function readKept(store: Store, name: string): Promise<Uint8Array | undefined> {
  const named = await store.getNamed(name);
  const digest = named === undefined ? undefined : Buffer.from(named).toString('utf8');
  if (!isDigest(digest)) return undefined;
  const bytes = await store.get(digest);
  return bytes !== undefined && digestOf(bytes) === digest ? bytes : undefined;
}

function isAt(bytes: Uint8Array, index: number): boolean {
  const bundle = peek(() => parseSigstoreBundle(parseJson(bytes, 'statement').value));
  return Number(bundle?.verificationMaterial.tlogEntries[0].logIndex) === index;
}

function wordsName({ name, version }: AskedVersion): string {
  return `proofs/${name}/${version}`;
}

function statusName({ name, version }: AskedVersion): string {
  return `proofs-status/${name}/${version}`;
}
