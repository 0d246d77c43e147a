/**
 * Decides whether all heads of the log, in the evidence and in this host's memory, belong to one
 * log. When the heads do not, finds two heads that contradict each other.
 */
import { parseCheckpoint } from '../../log/checkpoint.ts';
import { type Hash, type TreeHead, verifyConsistency } from '../../log/merkle-tree.ts';
import { parseJson } from '../../skill/text/json.ts';
import { parseSigstoreBundle } from '../../statement/signature-formats/sigstore-bundle.ts';
import type { VerifiedStatement } from '../signatures/verify-statement.ts';
import type { Evidence } from './evidence.ts';
import type { DecisionInput } from './input.ts';
import type { Reasons } from './reason.ts';
import { headOfWords } from './shown-words.ts';

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
  const words = headOfWords(evidence);
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
