/** Judges the log that the evidence lies in, and what was said of the version since. */
import { parseCheckpoint } from '../../log/checkpoint.ts';
import type { Witnessed } from '../../log/cosignature.ts';
import type { TreeHead } from '../../log/merkle-tree.ts';
import { scopeOf } from '../../skill/name.ts';
import { predicateTypes, type RevocationTarget } from '../../statement/attestation.ts';
import { whyAuthor } from '../authors.ts';
import type { DecisionInput } from '../decision.ts';
import { idsOf } from '../identity/match.ts';
import type { Speaker } from '../identity/publisher-stops.ts';
import { saidOnce } from '../identity/said-once.ts';
import { judgeOfRegistry } from '../own-registry.ts';
import { holdsOffice } from '../root-office.ts';
import { readWitnesses } from '../witnessed-head.ts';
import { type Evidence, statementsOf } from './evidence.ts';
import type { Reasons } from './reason.ts';

export interface JudgedStatus {
  readonly checkpoint: TreeHead & { readonly note: string };
  readonly issued: string;
  readonly expires: string;
  /** Cosigners of the checkpoint, of those whom the witness policy names. */
  readonly witnessed?: Witnessed;
}

/** The head of the log that the status file shows, and as many witnesses of it as the policy demands. */
export function judgeLog(evidence: Evidence, reasons: Reasons): JudgedStatus | undefined {
  const { status, input } = evidence;
  if (status === undefined) return undefined;
  const { size, root } = parseCheckpoint(status.checkpoint);
  // Who vouches for a head vouches for nothing behind it.
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

function judgeWitnesses(note: string, { witnesses, root, now, statusGraceSeconds = 0 }: DecisionInput, reasons: Reasons) {
  const terms = { root, now, graceSeconds: statusGraceSeconds, ...(witnesses === undefined ? {} : { witnesses }) };
  const { witnessed, why } = readWitnesses(note, terms);
  if (why !== undefined) reasons.add('witnesses-missing', why);
  return witnessed;
}

/**
 * Marks of the status file and revocations among the evidence.
 * @returns what is worth saying of a version that may still be used
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
  const denied = revokedBefore?.has(line.bundle) === true && !marks.some(({ kind }) => kind === 'revoked');
  if (denied)
    reasons.add('revoked', 'a status seen here before says that it is revoked, and the present one hides that: tell others');
  const revocation = standingRevocation(evidence);
  if (revocation !== undefined)
    reasons.add(revocation.kind, `${revocation.kind} at log index ${revocation.logIndex}: ${revocation.reason}`);
  return facts;
}

// `revoked` is final; else the highest log index counts. The registry's own key can only suspend, and an author never lifts.
export function standingRevocation(
  evidence: Evidence,
): { kind: 'suspended' | 'revoked'; logIndex: number; reason: string } | undefined {
  const { identities, input } = evidence;
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const publication = {
    scope: scopeOf(input.line.name),
    ...(publish === undefined ? {} : { signer: publish.signer, logIndex: publish.logIndex }),
  };
  const speaker = { ids: [input.line.publisher, ...(publish === undefined ? [] : idsOf(publish))], scope: publication.scope };
  const whyForeign = judgeOfRegistry(input.root);
  const all = { ...evidence, statements: [...evidence.statements, ...evidence.known] };
  const own = statementsOf(all, predicateTypes.revocation).filter((one) => whyForeign(one) === undefined);
  const said = saidOnce(own).filter(({ statement, signer, logIndex }) => {
    const { kind, target } = statement.predicate;
    const byMember = (['reviewer', 'administrator'] as const).some((role) => identities.isMember(signer, role, logIndex));
    const acting = { keyId: signer, enrolled: identities.memberOf(signer, logIndex) };
    const byAuthor = kind === 'lifted' && whyAuthor(identities, publication, acting, logIndex) !== undefined;
    const byRegistry = kind === 'suspended' && holdsOffice(input.root, 'registry', signer, logIndex);
    return isAbout(target, evidence, speaker) && ((byMember && !byAuthor) || byRegistry);
  });
  const stops = said.flatMap(({ statement: { predicate }, logIndex }) =>
    predicate.kind === 'lifted' ? [] : [{ kind: predicate.kind, reason: predicate.reason, target: predicate.target, logIndex }],
  );
  const isLifted = (stop: (typeof stops)[number]): boolean =>
    said.some(({ statement: { predicate }, logIndex }) => {
      return predicate.kind === 'lifted' && logIndex > stop.logIndex && isLiftOf(predicate.target, stop.target);
    });
  return stops.find(({ kind }) => kind === 'revoked') ?? stops.findLast((one) => !isLifted(one));
}

// Each publisher is lifted by itself; whatever else was said of a version, the last word lifts.
function isLiftOf(target: RevocationTarget, stopped: RevocationTarget): boolean {
  return !('publisher' in target && 'publisher' in stopped) || target.publisher === stopped.publisher;
}

function isAbout(target: RevocationTarget, { input, identities }: Evidence, speaker: Required<Speaker>): boolean {
  const { line } = input;
  if ('bundle' in target) return target.bundle === line.bundle;
  if ('publisher' in target) return identities.stops.isAbout(target.publisher, speaker);
  return target.name === line.name && target.version === line.version;
}
