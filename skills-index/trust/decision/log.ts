/**
 * Judges the log that contains the evidence. Also judges the suspensions and revocations of the
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
