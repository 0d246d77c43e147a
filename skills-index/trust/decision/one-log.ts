/**
 * Decides whether all heads of the log, in the evidence and in this host's memory, belong to one
 * log. When the heads do not, finds two heads that contradict each other.
 */
import { parseCheckpoint } from '../../log/checkpoint.ts';
import { cosignatureSecondsMax, countWitnesses, type Witnessed } from '../../log/cosignature.ts';
import { type Hash, type TreeHead, verifyConsistency } from '../../log/merkle-tree.ts';
import type { WitnessPolicy } from '../../log/witness-policy.ts';
import { Problem } from '../../skill/problem.ts';
import { parseJson } from '../../skill/text/json.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { parseSigstoreBundle } from '../../statement/signature-formats/sigstore-bundle.ts';
import { type NameProof, provesName } from '../index-files/name-proofs.ts';
import { mapNames } from '../members-and-scopes/map-names.ts';
import { namesRestedOn } from '../members-and-scopes/names-rested-on.ts';
import type { RootFile } from '../root/root.ts';
import { verifyRootCheckpoint } from '../root/root-role.ts';
import type { VerifiedStatement } from '../signatures/verify-statement.ts';
import { type ActiveStop, activeStop } from './active-stop.ts';
import { type Evidence, type StatusHead, statementsOf } from './evidence.ts';
import type { DecisionInput } from './input.ts';
import type { Reasons } from './reason.ts';

/** A signed head of the log, with a text that names where the head was found. */
export interface LogHead extends TreeHead {
  readonly from: string;
  /** The signed note of the head. Two contradicting notes convict the holder of the log's key. */
  readonly note: string;
}

/** Two heads of the log that no proof shows to belong to one log. */
export interface LogAlarm {
  /**
   * `log-unproven` where this host has no consistency proof at all: the registry does not answer,
   * or withholds the proof. That contradicts nothing, and admits nothing either.
   */
  readonly kind: 'log-rolled-back' | 'log-forked' | 'log-unproven';
  /**
   * Whether the two heads alone prove the contradiction. Otherwise a consistency proof is missing
   * or wrong, and a party between this host and the registry may have withheld the proof.
   */
  readonly proven: boolean;
  readonly heads: readonly [LogHead, LogHead];
  /** A description of the contradiction that names both heads. */
  readonly message: string;
}

type Seen = NonNullable<DecisionInput['seen']>;

interface NamedHead extends TreeHead {
  readonly from: string;
  /** Reads the head's note; called only for an alarm. */
  readonly note: () => string;
}

interface Head extends NamedHead {
  /** Whether a retired key of the log signed the head. */
  readonly retired: boolean;
}

/**
 * Requires that all heads belong to one log.
 * @returns the alarm that says most about the contradiction; undefined when there is no alarm
 */
export function judgeOneLog(evidence: Evidence, reasons: Reasons): LogAlarm | undefined {
  const { status, input } = evidence;
  if (status === undefined) return undefined;
  const seen = input.seen && alarmOfSeen(input.seen, status);
  const together = judgeTogether(evidence, headOfStatus(status.checkpoint));
  const all = seen ? [seen, ...together] : together;
  const forks = all.filter(({ kind }) => kind !== 'log-unproven');
  // One file of the log that this host lacks leaves many heads without a proof: that is one reason.
  const alarms = forks.length > 0 ? forks : all.slice(0, 1);
  for (const { kind, message } of alarms) reasons.add(kind, message);
  return alarms.find((one) => one.proven) ?? alarms[0];
}

/** The alarm when no proof shows that a status continues the head that this host remembers. */
export function alarmOfSeen(
  { checkpoint, proof }: Seen,
  { checkpoint: note }: { readonly checkpoint: string },
): LogAlarm | undefined {
  const shown = headOfStatus(note);
  if (verifyConsistency({ first: checkpoint, second: shown, proof })) return undefined;
  const kept = {
    ...checkpoint,
    from: 'kept by this host',
    note: () => checkpoint.note ?? '',
  };
  const isOther = checkpoint.size >= shown.size || proof.length > 0;
  const what =
    checkpoint.size > shown.size
      ? 'the log has lost entries'
      : isOther
        ? 'the log is another one than this host saw before'
        : 'no proof shows that the log continues the head that this host saw before';
  const kind = isOther ? 'log-rolled-back' : 'log-unproven';
  return alarm(kind, [kept, shown], what, checkpoint.size === shown.size);
}

// Two different heads of the same size prove two logs. A head without a proof that the largest head
// continues it raises an alarm, too. The log's key in office must have signed the largest head;
// otherwise the thief of a retired key could show a log of their own.
function judgeTogether(evidence: Evidence, shown: Head): LogAlarm[] {
  const { consistency } = evidence.input;
  const words = headOfProofs(evidence);
  const heads = [
    shown,
    // The proofs of names may be of an older head than the newest.
    ...(words === undefined ? [] : [headOfStatus(words.note)]),
    ...evidence.statements.map((one) => statementHead(evidence, one)),
  ];
  const largest = heads.reduce((a, b) =>
    b.size > a.size || (b.size === a.size && a.retired) ? b : a,
  );
  return heads.flatMap((head) => {
    const isSame = head.size === largest.size;
    const proof: readonly Hash[] | undefined = isSame ? [] : consistency?.get(head.size);
    if (!(consistency || isSame || head.retired)) return [];
    if (!largest.retired && proof && verifyConsistency({ first: head, second: largest, proof }))
      return [];
    const what =
      isSame && head !== largest
        ? 'two heads of one size differ'
        : largest.retired
          ? 'no head signed by the log key in office continues a head of a retired key'
          : 'no proof shows that one head continues the other';
    const kind = proof || largest.retired ? 'log-forked' : 'log-unproven';
    return [alarm(kind, [head, largest], what, isSame && head !== largest)];
  });
}

function alarm(
  kind: LogAlarm['kind'],
  [one, other]: readonly [NamedHead, NamedHead],
  what: string,
  proven: boolean,
): LogAlarm {
  return {
    kind,
    heads: [withNote(one), withNote(other)],
    proven,
    message: `${what}: ${describeHead(one)}, and ${describeHead(other)}`,
  };
}

function withNote({ size, root, from, note }: NamedHead): LogHead {
  return { size, root, from, note: note() };
}

function describeHead({ size, root, from }: NamedHead): string {
  return `size ${size} root ${Buffer.from(root).toString('base64')} (${from})`;
}

function headOfStatus(note: string): Head {
  const { size, root } = parseCheckpoint(note);
  return { size, root, from: 'the registry’s status.json', retired: false, note: () => note };
}

function statementHead({ input }: Evidence, { checkpoint, digest }: VerifiedStatement): Head {
  return {
    ...checkpoint,
    from: `the statement ${digest}`,
    note: () => noteIn(input.statements.get(digest) ?? ''),
  };
}

function noteIn(bytes: Uint8Array | string): string {
  return parseSigstoreBundle(parseJson(bytes, 'statement').value).verificationMaterial
    .tlogEntries[0].inclusionProof.checkpoint.envelope;
}

// Requires that no statement is left out of the evidence. The log’s map proves, for each name on
// which a version rests, which statements there are.

/**
 * Compares the statements of the evidence with the map, name by name. The map is the map of the
 * newest head. A decision about the past has no proofs: the map shows only what the log says now.
 */
export function judgeNameProofs(evidence: Evidence, reasons: Reasons): void {
  const { heads, input, statements, known, status } = evidence;
  const { nameProofs, past = false, line } = input;
  if (nameProofs === undefined || past || heads.length === 0) return;
  const head = headOfProofs(evidence);
  if (head === undefined) {
    const why = heads.every(({ map }) => map === undefined)
      ? 'the head of the log in the status has no map of names'
      : 'the proofs about the people and keys behind the version are not of the newest head of the log in a status';
    reasons.add('names-unproven', why);
    return;
  }
  // The witnesses of the newest head did not see the map of this head.
  if (head.note !== status?.checkpoint) judgeWitnesses(head.note, input, reasons);
  const shown = [...statements, ...known].filter(({ logIndex }) => logIndex < head.size);
  const byName = indexesByName(shown);
  for (const [name, upTo] of namesRestedOn(line, shown)) {
    const proof = nameProofs.names.get(name);
    judgeName(
      { name, upTo, proof, map: nameProofs.map, shown: byName.get(name) ?? new Set() },
      reasons,
    );
  }
}

/**
 * The head whose map the proofs are of: the newest head, or also an older head where that is
 * allowed. Undefined where no such head has the map, and where no proofs are needed.
 */
function headOfProofs({ heads, input, status }: Evidence): StatusHead | undefined {
  const { nameProofs, olderProofs = false } = input;
  const isNewest = ({ note }: StatusHead): boolean => note === status?.checkpoint;
  const found = heads.filter(
    ({ map }) => map !== undefined && nameProofs !== undefined && isEqual(map, nameProofs.map),
  );
  return found.find(isNewest) ?? (olderProofs ? found[0] : undefined);
}

interface JudgedName {
  readonly name: string;
  /** The version rests on the statements with a lower log index. */
  readonly upTo: number;
  readonly proof: NameProof | undefined;
  readonly map: Hash;
  /** Log indexes of the statements in the evidence. */
  readonly shown: ReadonlySet<number>;
}

function judgeName({ name, upTo, proof, map, shown }: JudgedName, reasons: Reasons): void {
  if (proof === undefined || !provesName(map, name, proof)) {
    reasons.add('names-unproven', `no proof shows which statements about ${name} the log has`);
    return;
  }
  const proven = new Set(proof.at);
  for (const index of proven)
    reasons.demand(
      index >= upTo || shown.has(index),
      'statements-withheld',
      `the statement at log index ${index} about ${name} is missing, or cannot be verified`,
    );
  for (const index of shown)
    reasons.demand(
      proven.has(index),
      'names-unproven',
      `the log’s map lacks the statement at log index ${index} about ${name}`,
    );
}

function indexesByName(statements: readonly VerifiedStatement[]): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const { statement, logIndex } of statements)
    for (const name of mapNames(statement)) {
      const indexes = found.get(name) ?? new Set();
      found.set(name, indexes.add(logIndex));
    }
  return found;
}

function isEqual(one: Hash, other: Hash): boolean {
  return Buffer.compare(one, other) === 0;
}

// Judges the log that contains the evidence. Also judges the suspensions and revocations of the
// version.

export interface JudgedStatus {
  readonly checkpoint: TreeHead & { readonly note: string };
  readonly issued: string;
  readonly expires: string;
  /** The witnesses of the policy that cosigned the checkpoint. */
  readonly witnessed?: Witnessed;
}

/**
 * Judges the head of the log in the status file. The log must have signed the head, and as many
 * witnesses as the policy demands must have cosigned the head.
 */
export function judgeLog(evidence: Evidence, reasons: Reasons): JudgedStatus | undefined {
  const { status, input } = evidence;
  if (status === undefined) return undefined;
  const { size, root } = parseCheckpoint(status.checkpoint);
  // A signed head of size N proves only the entries with a log index below N.
  for (const { logIndex } of evidence.statements) {
    const message = `the statement at log index ${logIndex} is not below the head of size ${size} in the status`;
    reasons.demand(logIndex < size, 'log-forked', message);
  }
  const witnessed = judgeWitnesses(status.checkpoint, input, reasons);
  return {
    checkpoint: { size, root, note: status.checkpoint },
    issued: status.issued,
    expires: status.expires,
    ...(witnessed === undefined ? {} : { witnessed }),
  };
}

/** Counts the witnesses of a head, and adds a reason when they are too few. */
function judgeWitnesses(
  note: string,
  { witnesses, root, now, statusGraceSeconds = 0 }: DecisionInput,
  reasons: Reasons,
) {
  const terms = {
    root,
    now,
    graceSeconds: statusGraceSeconds,
    ...(witnesses === undefined ? {} : { witnesses }),
  };
  const { witnessed, why } = readWitnesses(note, terms);
  if (why !== undefined) reasons.add('witnesses-missing', why);
  return witnessed;
}

/** Judges the suspensions and revocations of the version. */
export function judgeStops(evidence: Evidence, reasons: Reasons): void {
  const stop = activeRevocation(evidence);
  if (stop !== undefined)
    reasons.add(stop.kind, `${stop.kind} at log index ${stop.logIndex}: ${stop.reason}`);
}

/**
 * The suspension or revocation of the version that is in force, by the evidence of this decision
 * and by the statements that this host keeps.
 */
export function activeRevocation(evidence: Evidence): ActiveStop | undefined {
  const { identities, input } = evidence;
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const all = { ...evidence, statements: [...evidence.statements, ...evidence.known] };
  const context = {
    root: input.root,
    identities,
    version: input.line,
    ...(publish === undefined ? {} : { publish }),
  };
  return activeStop(context, statementsOf(all, predicateTypes.revocation));
}

// Decides whether a head of the log has the cosignatures that the witness policy demands.

interface WitnessTerms {
  readonly root: RootFile;
  /** The witness policy. When the policy is absent, no cosignature is needed. */
  readonly witnesses?: WitnessPolicy;
  /** The present time, in milliseconds since 1970. */
  readonly now: number;
  /** How many seconds a cosignature still counts after its 24 hours; 0 by default. */
  readonly graceSeconds?: number;
}

/** The witnesses that cosigned the head, and why these witnesses are too few. */
interface WitnessedHead {
  readonly witnessed?: Witnessed;
  readonly why?: string;
}

/**
 * Counts the witnesses that cosigned a head of the log.
 * @param note the signed checkpoint with its cosignatures
 */
export function readWitnesses(
  note: string,
  { root, witnesses, now, graceSeconds = 0 }: WitnessTerms,
): WitnessedHead {
  if (witnesses === undefined) return {};
  try {
    const { logKey } = verifyRootCheckpoint(note, root);
    const secondsMax = cosignatureSecondsMax + graceSeconds;
    const witnessed = countWitnesses({
      note,
      policy: witnesses,
      log: { key: logKey },
      now,
      secondsMax,
    });
    return witnessed.enough ? { witnessed } : { witnessed, why: describeMissing(witnessed) };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return { why: cause.message };
  }
}

function describeMissing({ counted, old, early, threshold, of }: Witnessed): string {
  const late = [
    ...old.map(({ name }) => `${name} too long ago`),
    ...early.map(({ name }) => `${name} in the future`),
  ];
  const others = late.length === 0 ? '' : ` (${late.join(', ')})`;
  return `${counted.length} of ${of} witnesses cosigned the log’s head, but the policy demands ${threshold}${others}`;
}
