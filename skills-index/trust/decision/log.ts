/** Judges the log that contains the evidence, and the marks and revocations against the version. */
import { parseCheckpoint } from '../../log/checkpoint.ts';
import type { Witnessed } from '../../log/cosignature.ts';
import type { TreeHead } from '../../log/merkle-tree.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { readWitnesses } from '../witnessed-head.ts';
import { type Evidence, statementsOf } from './evidence.ts';
import type { DecisionInput } from './input.ts';
import type { Reasons } from './reason.ts';
import { type StandingWord, standingWord } from './standing-word.ts';

export interface JudgedStatus {
  readonly checkpoint: TreeHead & { readonly note: string };
  readonly issued: string;
  readonly expires: string;
  /** The witnesses of the policy that cosigned the checkpoint. */
  readonly witnessed?: Witnessed;
}

/**
 * The head of the log in the status file must be signed, and cosigned by as many witnesses as the
 * policy demands.
 */
export function judgeLog(evidence: Evidence, reasons: Reasons): JudgedStatus | undefined {
  const { status, input } = evidence;
  if (status === undefined) return undefined;
  const { size, root } = parseCheckpoint(status.checkpoint);
  // A signed head proves nothing about entries behind it.
  for (const { logIndex } of evidence.statements) {
    const message = `the statement at log index ${logIndex} lies behind the head of size ${size} that the status shows`;
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

/**
 * Judges the marks of the status file and the revocations among the evidence.
 * @returns notes about a version that may still be used
 */
export function judgeMarks(evidence: Evidence, reasons: Reasons): string[] {
  const { line, revokedBefore } = evidence.input;
  const marks = evidence.marks.filter((mark) => mark.bundle === line.bundle);
  const facts: string[] = [];
  for (const { kind, reason, since } of marks) {
    switch (kind) {
      case 'suspended':
      case 'revoked':
        reasons.add(kind, `${kind} since ${since}: ${reason}`);
        break;
      case 'yanked':
      case 'deprecated':
        facts.push(`${kind} since ${since}: ${reason}`);
        break;
    }
  }
  const denied =
    revokedBefore?.has(line.bundle) === true && !marks.some(({ kind }) => kind === 'revoked');
  if (denied)
    reasons.add(
      'revoked',
      'a status seen here before says that it is revoked, and the present one hides that: tell others',
    );
  const revocation = standingRevocation(evidence);
  if (revocation !== undefined)
    reasons.add(
      revocation.kind,
      `${revocation.kind} at log index ${revocation.logIndex}: ${revocation.reason}`,
    );
  return facts;
}

/**
 * The suspension or revocation of the version that is in force, by the evidence at hand and the
 * statements seen earlier.
 */
export function standingRevocation(evidence: Evidence): StandingWord | undefined {
  const { identities, input } = evidence;
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const all = { ...evidence, statements: [...evidence.statements, ...evidence.known] };
  const context = {
    root: input.root,
    identities,
    version: input.line,
    ...(publish === undefined ? {} : { publish }),
  };
  return standingWord(context, statementsOf(all, predicateTypes.revocation));
}
