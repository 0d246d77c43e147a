/** Reads a log to its newest head: every entry, and the statement that each commits to. */
import { fetchFile, inTurns, type Source } from '../../skills-index/client/blobs.ts';
import { statementBlobBytesMax } from '../../skills-index/client/limits.ts';
import { type WalkedEntry, walkEntries } from '../../skills-index/client/log-entries.ts';
import { commitsTo } from '../../skills-index/log/commits-to.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { predicateTypes, type Statement } from '../../skills-index/statement/attestation.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  addressOf,
  parseSigstoreBundle,
} from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { readLogged } from '../../skills-index/trust/members-and-scopes/read-logged.ts';
import { isWord } from '../../skills-index/trust/signatures/log-words.ts';
import type { ShownHead } from './heads.ts';
import { type KeptWord, sumsWith } from './kept-words.ts';
import { monitorBatchEntries, monitorWithheldMax } from './limits.ts';
import { type MonitorState, printRange, rangeOf } from './state-file.ts';
import type { ReplayWorld } from './world.ts';

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
    if (isWord({ statement: said })) readLogged(bytes, { logIndex, digest: address }, world);
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

function wordsOf(read: readonly ReadStatement[]): KeptWord[] {
  return read.flatMap(({ logIndex, address, bytes, said }): KeptWord[] => {
    if (isWord({ statement: said }))
      return [{ logIndex, address, bundle: Buffer.from(bytes).toString('base64') }];
    return said.predicateType === predicateTypes.summary
      ? [{ logIndex, address, verdict: said.predicate.resourceUri }]
      : [];
  });
}
