/**
 * Judges the log that contains the evidence. Also judges the marks and revocations against the
 * version.
 */
import { parseCheckpoint } from '../../log/checkpoint.ts';
import type { Witnessed } from '../../log/cosignature.ts';
import type { TreeHead } from '../../log/merkle-tree.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { type ActiveStop, activeStop } from './active-stop.ts';
import { type Evidence, statementsOf } from './evidence.ts';
import type { DecisionInput } from './input.ts';
import type { Reasons } from './reason.ts';
import { readWitnesses } from './witnessed-head.ts';

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
export function judgeWitnesses(
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

/**
 * Judges the marks of the status file and the revocations among the evidence.
 * @returns notes about a version that may still be used
 */
export function judgeMarks(evidence: Evidence, reasons: Reasons): string[] {
  const { line, revokedBefore } = evidence.input;
  const marks = evidence.marks.filter((mark) => mark.bundle === line.bundle);
  const notes: string[] = [];
  for (const { kind, reason, since } of marks) {
    switch (kind) {
      case 'suspended':
      case 'revoked':
        reasons.add(kind, `${kind} since ${since}: ${reason}`);
        break;
      case 'yanked':
      case 'deprecated':
        notes.push(`${kind} since ${since}: ${reason}`);
        break;
    }
  }
  const isHidden =
    revokedBefore?.has(line.bundle) === true && !marks.some(({ kind }) => kind === 'revoked');
  if (isHidden)
    reasons.add(
      'revoked',
      'an earlier status says that the version is revoked, and the present status hides the revocation: tell other users',
    );
  const revocation = activeRevocation(evidence);
  if (revocation !== undefined)
    reasons.add(
      revocation.kind,
      `${revocation.kind} at log index ${revocation.logIndex}: ${revocation.reason}`,
    );
  return notes;
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
