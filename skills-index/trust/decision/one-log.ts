/**
 * Whether all heads of the log among the evidence, and the one kept from before, are of one log; if
 * not, which two are not.
 */
import { parseCheckpoint } from '../../log/checkpoint.ts';
import { type Hash, type TreeHead, verifyConsistency } from '../../log/merkle-tree.ts';
import { parseJson } from '../../skill/json.ts';
import { parseSigstoreBundle } from '../../statement/sigstore-bundle.ts';
import type { VerifiedStatement } from '../verify-statement.ts';
import type { Evidence } from './evidence.ts';
import type { DecisionInput } from './input.ts';
import type { Reasons } from './reason.ts';

/** A head of the log that somebody signed, and where it came from. */
export interface LogHead extends TreeHead {
  readonly from: string;
  /**
   * The signed note: two of them that contradict each other convict whoever holds the log's key.
   */
  readonly note: string;
}

/** Two heads that are not shown to be of one log. */
export interface LogAlarm {
  readonly kind: 'log-rolled-back' | 'log-forked';
  /**
   * The heads alone prove it; otherwise a proof is missing or wrong, and whoever withheld it may be
   * between here and the registry.
   */
  readonly proven: boolean;
  readonly heads: readonly [LogHead, LogHead];
  /** What happened, both heads named. */
  readonly message: string;
}

type Seen = NonNullable<DecisionInput['seen']>;

interface NamedHead extends TreeHead {
  readonly from: string;
  /** Read only for an alarm. */
  readonly note: () => string;
}

interface Head extends NamedHead {
  /** Signed by a retired key of the log. */
  readonly retired: boolean;
}

/**
 * Demands one log.
 * @returns the alarm that says most, when there is one
 */
export function judgeOneLog(evidence: Evidence, reasons: Reasons): LogAlarm | undefined {
  const { status, input } = evidence;
  if (status === undefined) return undefined;
  const seen = input.seen === undefined ? undefined : alarmOfSeen(input.seen, status);
  const alarms = [
    ...(seen === undefined ? [] : [seen]),
    ...judgeTogether(evidence, headOfStatus(status.checkpoint)),
  ];
  for (const { kind, message } of alarms) reasons.add(kind, message);
  return alarms.find((one) => one.proven) ?? alarms[0];
}

/**
 * Whether a status file's checkpoint continues the head that was seen before; an alarm when that is
 * not shown.
 */
export function alarmOfSeen(
  { checkpoint, proof }: Seen,
  { checkpoint: note }: { readonly checkpoint: string },
): LogAlarm | undefined {
  const shown = headOfStatus(note);
  if (verifyConsistency({ first: checkpoint, second: shown, proof })) return undefined;
  const seen = {
    ...checkpoint,
    from: 'what was seen here before',
    note: () => checkpoint.note ?? '',
  };
  const isOther = checkpoint.size === shown.size || proof.length > 0;
  const what =
    checkpoint.size > shown.size
      ? 'the log has lost entries'
      : isOther
        ? 'the log is not the one that was seen before'
        : 'nothing shows that the log continues the one that was seen before';
  return alarm('log-rolled-back', [seen, shown], what, checkpoint.size === shown.size);
}

// Two heads of one size, or a head that the largest one does not continue, are two logs. The
// largest has to be signed by the key in office: else who stole a retired key could show a log of
// their own.
function judgeTogether(evidence: Evidence, shown: Head): LogAlarm[] {
  const { consistency } = evidence.input;
  const heads = [shown, ...evidence.statements.map((one) => statementHead(evidence, one))];
  const largest = heads.reduce((a, b) =>
    b.size > a.size || (b.size === a.size && a.retired) ? b : a,
  );
  return heads.flatMap((head) => {
    const isSame = head.size === largest.size;
    const proof: readonly Hash[] | undefined = isSame ? [] : consistency?.get(head.size);
    if (consistency === undefined && !isSame && !head.retired) return [];
    const continues =
      !largest.retired &&
      proof !== undefined &&
      verifyConsistency({ first: head, second: largest, proof });
    if (continues) return [];
    const what =
      isSame && head !== largest
        ? 'there are two logs of one size'
        : largest.retired
          ? 'no head of the log key in office continues one of a retired key'
          : 'one head is not shown to continue the other';
    return [alarm('log-forked', [head, largest], what, isSame && head !== largest)];
  });
}

function alarm(
  kind: LogAlarm['kind'],
  [one, other]: readonly [NamedHead, NamedHead],
  what: string,
  proven: boolean,
): LogAlarm {
  const heads = [withNote(one), withNote(other)] as const;
  return { kind, heads, proven, message: `${what}: ${sayHead(one)}, and ${sayHead(other)}` };
}

function withNote({ size, root, from, note }: NamedHead): LogHead {
  return { size, root, from, note: note() };
}

function sayHead({ size, root, from }: NamedHead): string {
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
  const bundle = parseSigstoreBundle(parseJson(bytes, 'statement').value);
  return bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope;
}
