/** Reads a log to its newest head: every entry, and the statement that each commits to. */
import { fetchFile, inTurns, type Source } from '../../skills-index/client/blobs.ts';
import { type WalkedEntry, walkEntries } from '../../skills-index/client/log-entries.ts';
import { fetchConsistency } from '../../skills-index/client/log-proofs.ts';
import { statementBlobBytesMax } from '../../skills-index/client/version-proofs.ts';
import { printHead } from '../../skills-index/log/add-checkpoint.ts';
import { type Checkpoint, noteBytesMax } from '../../skills-index/log/checkpoint.ts';
import { commitsTo } from '../../skills-index/log/commits-to.ts';
import { type Hash, type TreeHead, verifyConsistency } from '../../skills-index/log/merkle-tree.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { predicateTypes, type Statement } from '../../skills-index/statement/attestation.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  addressOf,
  parseSigstoreBundle,
} from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { readWitnesses } from '../../skills-index/trust/decision/one-log.ts';
import {
  type Status,
  statusBytesMax,
  verifyStatus,
} from '../../skills-index/trust/index-files/status-file.ts';
import { readLogged } from '../../skills-index/trust/members-and-scopes/read-logged.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-role.ts';
import { isTrustStatement } from '../../skills-index/trust/signatures/trust-statements.ts';
import type { Difference } from './difference.ts';
import {
  type MonitorState,
  monitorWithheldMax,
  printRange,
  type RememberedStatement,
  rangeOf,
  sumsWith,
} from './state-file.ts';
import type { MapOfNames, ReplayWorld } from './world.ts';

/** Log entries whose statements are fetched before the state is written. */
const monitorBatchEntries = 256;

/**
 * A registry signs its status every hour and when the log grows; five minutes allow for wrong
 * clocks.
 */
const statusLagSecondsMax = 65 * 60;

/**
 * Walks from where the last walk came to; after each batch the state is on disk.
 * @returns the state in which `head` is proven
 * @throws Problem `log-invalid` when the entries do not make the head, `limit` when too many
 * statements are withheld
 */
export async function walkStatements(
  world: ReplayWorld,
  before: MonitorState,
  head: ShownHead,
): Promise<MonitorState> {
  let state = before;
  const known = rangeOf(state.walked);
  world.onWork?.(head.size - known.size);
  await world.folder.removeWordsFrom(known.size);
  let batch: WalkedEntry[] = [];
  const finish = async (): Promise<void> => {
    state = await keepBatch(world, state, batch);
    batch = [];
  };
  for await (const walked of walkEntries(world.source, known, head)) {
    requireProven(before, walked);
    batch.push(walked);
    if (batch.length >= monitorBatchEntries) await finish();
  }
  await finish();
  state = { ...state, seen: { note: head.note, ...state.walked } };
  await world.folder.write(state);
  return state;
}

// A walk that begins before the proven head has to come past it, or the log has two histories.
function requireProven({ seen }: MonitorState, { range }: WalkedEntry): void {
  if (
    seen === undefined ||
    range.size !== seen.size ||
    canonicalJson(printRange(range).peaks) === canonicalJson(seen.peaks)
  )
    return;
  throw new Problem(
    'log-invalid',
    `The first ${seen.size} entries that the registry shows differ from the entries read here before`,
  );
}

/** Asks again for statements that were withheld before. */
export async function refetchWithheld(
  world: ReplayWorld,
  before: MonitorState,
): Promise<MonitorState> {
  let state = before;
  for (const { index, entry } of before.withheld) {
    const one = await readOne(world, { index, entry: Buffer.from(entry, 'base64') });
    if (one === undefined) continue;
    const words = wordsOf([one]);
    await world.folder.keepWords(index, words, { late: true });
    await world.folder.keepAddresses(index, [one.address]);
    const walked = { ...state.walked, sums: sumsWith(state.walked.sums, words, [one]) };
    const { seen } = state;
    state = {
      ...state,
      ...(seen === undefined ? {} : { seen: { ...seen, sums: walked.sums } }),
      walked,
      withheld: state.withheld.filter((other) => other.index !== index),
    };
    await world.folder.write(state);
  }
  return state;
}

/** A statement as its place in the log shows it. */
export interface ReadStatement {
  readonly logIndex: number;
  readonly address: Digest;
  readonly bytes: Uint8Array;
  /**
   * As it says itself; what is remembered is verified when it is read again, and an index line when
   * it is judged.
   */
  readonly said: Statement;
}

async function keepBatch(
  world: ReplayWorld,
  state: MonitorState,
  batch: readonly WalkedEntry[],
): Promise<MonitorState> {
  const first = batch[0];
  const last = batch.at(-1);
  if (first === undefined || last === undefined) return state;
  const read = await inTurns(batch, async (walked) => {
    const one = await readOne(world, walked);
    world.onEntry?.(walked.index);
    return one;
  });
  const missing = batch.filter((_, at) => read[at] === undefined);
  const withheld = [
    ...state.withheld,
    ...missing.map(({ index, entry }) => ({ index, entry: Buffer.from(entry).toString('base64') })),
  ];
  if (withheld.length > monitorWithheldMax)
    throw new Problem(
      'log-invalid',
      `The registry withholds more than ${monitorWithheldMax} statements of its log`,
    );
  const found = read.flatMap((one) => one ?? []);
  const words = wordsOf(found);
  await world.folder.keepWords(first.index, words);
  await world.folder.keepAddresses(
    first.index,
    read.map((one) => one?.address),
  );
  const sums = sumsWith(state.walked.sums, words, found);
  const next = { ...state, walked: { ...printRange(last.range), sums }, withheld };
  await world.folder.write(next);
  return next;
}

async function readOne(
  world: ReplayWorld,
  walked: Pick<WalkedEntry, 'index' | 'entry'>,
): Promise<ReadStatement | undefined> {
  const shown = await fetchStatement(world.source, walked);
  if (shown === undefined) return undefined;
  const { logIndex, address, bytes, said } = shown;
  try {
    // A word that cannot be verified freezes what it is about. A word that cannot be read again
    // would end every replay, so it counts as withheld.
    if (isTrustStatement({ statement: said }))
      readLogged(bytes, { logIndex, digest: address }, world);
    else requireVerified(world, bytes);
    await world.source.store.put(address, bytes);
    return shown;
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

/**
 * Fetches the statement to which a log entry commits, and verifies no signature of it; undefined
 * when the registry shows none, or another one.
 * @throws Problem `registry-down`, `registry-answer-invalid`
 */
export async function fetchStatement(
  source: Source,
  walked: Pick<WalkedEntry, 'index' | 'entry'>,
): Promise<ReadStatement | undefined> {
  const bytes = await fetchFile(source, `/log/statements/${walked.index}`, statementBlobBytesMax);
  return bytes && statementIn(bytes, walked);
}

/** The statement in these bytes; undefined for another one than that to which the entry commits. */
export function statementIn(
  bytes: Uint8Array,
  { index, entry }: Pick<WalkedEntry, 'index' | 'entry'>,
): ReadStatement | undefined {
  try {
    const bundle = parseSigstoreBundle(
      parseJson(bytes, `the statement at log index ${index}`).value,
    );
    const address = addressOf(bundle).digest;
    const place = bundle.verificationMaterial.tlogEntries[0].logIndex;
    if (
      digestOf(bytes) !== address ||
      place !== String(index) ||
      !commitsTo(entry, bundle.dsseEnvelope)
    )
      return undefined;
    return { logIndex: index, address, bytes, said: peekStatement(bundle.dsseEnvelope) };
  } catch (cause) {
    // What cannot even be read is as good as withheld: nobody learns whom it concerns.
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

// The entry commits to the signed text and not to the proof beside it. A statement with a changed
// proof has another address, and kept, that address would hide the one that verification summaries
// name. Which certificates are trusted here can change, so they are judged at each look.
function requireVerified({ verified, root, sigstore }: ReplayWorld, bytes: Uint8Array): void {
  try {
    verified.verify(bytes, root, sigstore);
  } catch (cause) {
    if (
      cause instanceof Problem &&
      (cause.code === 'certificate-invalid' || cause.code === 'trusted-root-invalid')
    )
      return;
    throw cause;
  }
}

function wordsOf(read: readonly ReadStatement[]): RememberedStatement[] {
  return read.flatMap(({ logIndex, address, bytes, said }): RememberedStatement[] => {
    if (isTrustStatement({ statement: said }))
      return [{ logIndex, address, bundle: Buffer.from(bytes).toString('base64') }];
    return said.predicateType === predicateTypes.summary
      ? [{ logIndex, address, verdict: said.predicate.resourceUri }]
      : [];
  });
}

// The heads of the log that a registry shows, compared with each other and with the head that was
// seen before.

export interface ShownHead extends TreeHead {
  readonly note: string;
  /** Root of the map of names; absent in the heads of a log without a map. */
  readonly map?: Hash;
}

export interface ShownHeads {
  readonly statusBytes: Uint8Array;
  /** Of the status. */
  readonly stated: ShownHead;
  /** Of /log/checkpoint. */
  readonly signed: ShownHead;
  /** The larger of these two. */
  readonly newest: ShownHead;
  readonly differences: readonly Difference[];
}

/**
 * @throws Problem `not-found`, `registry-down`, `registry-answer-invalid`, `status-stale`,
 * `signature-invalid`, `log-invalid`, `statement-invalid`
 */
export async function readHeads(world: ReplayWorld, state: MonitorState): Promise<ShownHeads> {
  const { source, root, now } = world;
  // The status is read before the head, so that an honest head is never smaller than the status.
  const statusBytes = await fetchFile(source, '/index/status.json', statusBytesMax);
  if (statusBytes === undefined)
    throw new Problem('not-found', `${source.base} serves no status file`);
  const status = verifyStatus(statusBytes, root, now().getTime());
  const stated = readNote(status.checkpoint, world);
  const noteBytes = await fetchFile(source, '/log/checkpoint', noteBytesMax);
  if (noteBytes === undefined)
    throw new Problem('not-found', `${source.base} serves no checkpoint of its log`);
  const signed = readNote(Buffer.from(noteBytes).toString('utf8'), world);
  const [smaller, newest] = signed.size < stated.size ? [signed, stated] : [stated, signed];
  const differences = [
    ...(await whyNotOneLog(world, smaller, newest)),
    ...whyRolledBack(state, newest),
    ...whyUnwitnessed(world, status),
    ...whyBehind(world, state, stated),
    ...whyUnmapped({ stated, signed }),
  ];
  return { statusBytes, stated, signed, newest, differences };
}

function readNote(note: string, { root }: ReplayWorld): ShownHead {
  const { size, root: hash, map } = verifyRootCheckpoint(note, root);
  return { size, root: hash, note, ...(map === undefined ? {} : { map }) };
}

async function whyNotOneLog(
  { source }: ReplayWorld,
  first: ShownHead,
  second: ShownHead,
): Promise<Difference[]> {
  const proofs = await fetchConsistency(source, [first.size], second.size);
  if (verifyConsistency({ first, second, proof: proofs.get(first.size) ?? [] })) return [];
  const message = `/index/status.json and /log/checkpoint show heads of different logs: ${printHead(first)}, and ${printHead(second)}`;
  return [{ code: 'log-forked', place: 'log', message }];
}

function whyRolledBack({ seen }: MonitorState, newest: ShownHead): Difference[] {
  if (seen === undefined || seen.size <= newest.size) return [];
  const message = `The log had ${seen.size} entries when this monitor last read the log, and now the log has the head ${printHead(newest)}`;
  return [{ code: 'log-rolled-back', place: 'log', message }];
}

function whyUnwitnessed(world: ReplayWorld, { checkpoint }: Status): Difference[] {
  const { why } = readWitnesses(checkpoint, { ...world, now: world.now().getTime() });
  return why === undefined
    ? []
    : [{ code: 'witnesses-missing', place: 'status.json', message: why }];
}

// The status counts for its own head. A head that has been larger for longer than a registry takes
// to sign a status is one that it hides.
function whyBehind({ now }: ReplayWorld, { heads }: MonitorState, stated: ShownHead): Difference[] {
  const larger = heads.find(({ size }) => size > stated.size);
  if (larger === undefined || now().getTime() - Date.parse(larger.at) <= statusLagSecondsMax * 1000)
    return [];
  const message = `status.json shows the log at size ${stated.size}, but this monitor saw a head of size ${larger.size} at ${larger.at}`;
  return [{ code: 'status-behind', place: 'status.json', message }];
}

// Compares the map of names in each shown head with the map that the head's entries have. The map
// follows from the entries alone, so a signed head with another map proves a lie.

type MappedHead = Pick<Checkpoint, 'size' | 'map'>;
type SignedHead = MappedHead & { readonly note: string };

/** The head of the status, and that of /log/checkpoint. */
interface Heads {
  readonly stated: SignedHead;
  readonly signed: SignedHead;
}

/** Why a head's map is not the map of the head's entries; undefined where it is. */
export function whyOtherMap({ size, map }: MappedHead, computed: MapOfNames): string | undefined {
  if (map === undefined) return `the head of ${size} entries has no map of names`;
  const root = computed.root();
  if (Buffer.compare(map, root) === 0) return undefined;
  return `the head of ${size} entries has the map of names ${base64(map)}, and its entries have the map ${base64(root)}`;
}

/** The heads that lack a map. A log has one from its first entry. */
function whyUnmapped(heads: Heads): Difference[] {
  return placesOf(heads).flatMap(([place, { size, map }]) =>
    map === undefined
      ? [{ code: 'map-missing', place, message: `The head of ${size} entries has no map of names` }]
      : [],
  );
}

/** Compares the maps of the shown heads with those of their entries. */
export function compareMaps(
  { known, folder }: ReplayWorld,
  { withheld }: MonitorState,
  heads: Heads,
): { readonly differences: readonly Difference[]; readonly notes: readonly string[] } {
  const differences: Difference[] = [];
  const notes: string[] = [];
  for (const [place, head] of placesOf(heads)) {
    if (head.map === undefined) continue;
    // Nobody knows the names of a statement that the registry does not show.
    if (withheld.some(({ index }) => index < head.size)) {
      notes.push(
        `the map of names in ${place} was not compared, because the registry withholds statements`,
      );
      continue;
    }
    const why = whyOtherMap(head, known.mapAt(folder, head.size));
    if (why !== undefined)
      differences.push({ code: 'map-wrong', place, message: capitalized(why) });
  }
  return { differences, notes };
}

/** The two heads with their places; one place where both are the same. */
function placesOf({ stated, signed }: Heads): [place: string, head: SignedHead][] {
  const isSame =
    stated.size === signed.size && base64(stated.map ?? none) === base64(signed.map ?? none);
  return isSame
    ? [['status.json', stated]]
    : [
        ['status.json', stated],
        ['/log/checkpoint', signed],
      ];
}

const none = new Uint8Array();

function base64(hash: Hash): string {
  return Buffer.from(hash).toString('base64');
}
