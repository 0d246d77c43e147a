/** Judges the log that the evidence lies in, and what was said of the version since. */
import { parseCheckpoint } from '../log/checkpoint.ts';
import { type TreeHead, verifyConsistency } from '../log/merkle-tree.ts';
import { scopeOf } from '../skill/name.ts';
import { predicateTypes, type RevocationTarget } from '../statement/attestation.ts';
import { isAuthor } from './authors.ts';
import { type Evidence, statementsOf } from './decision-evidence.ts';
import type { Reasons } from './decision-reason.ts';
import { rootKeyId } from './root.ts';

export interface JudgedStatus {
  readonly checkpoint: TreeHead & { readonly note: string };
  readonly issued: string;
  readonly expires: string;
}

/** One log, and the one that was seen before. */
export function judgeLog(evidence: Evidence, reasons: Reasons): JudgedStatus | undefined {
  const { status, input } = evidence;
  if (status === undefined) return undefined;
  const { size, root } = parseCheckpoint(status.checkpoint);
  const head = { size, root };
  if (input.seen !== undefined) {
    const { checkpoint: seen, proof } = input.seen;
    const continues = verifyConsistency({ first: seen, second: head, proof });
    reasons.demand(
      continues,
      'log-rolled-back',
      `a log of size ${seen.size} was seen before, and one of ${size} does not continue it`,
    );
  }
  judgeOneLog([head, ...evidence.statements.map((one) => one.checkpoint)], input.consistency, reasons);
  return { checkpoint: { ...head, note: status.checkpoint }, issued: status.issued, expires: status.expires };
}

/**
 * Marks of the status file and revocations among the evidence.
 * @returns what is worth saying of a version that may still be used
 */
export function judgeMarks(evidence: Evidence, status: JudgedStatus | undefined, reasons: Reasons): string[] {
  const { line } = evidence.input;
  const marks = (evidence.status?.marks ?? []).filter((mark) => mark.bundle === line.bundle);
  const facts: string[] = [];
  for (const { kind, reason, since } of status === undefined ? [] : marks) {
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
  const revocation = standingRevocation(evidence);
  if (revocation !== undefined)
    reasons.add(revocation.kind, `${revocation.kind} at log index ${revocation.logIndex}: ${revocation.reason}`);
  return facts;
}

// Two heads of one size, or a head that the largest one does not continue, are two logs.
function judgeOneLog(heads: readonly TreeHead[], proofs: Evidence['input']['consistency'], reasons: Reasons): void {
  const largest = heads.reduce((a, b) => (b.size > a.size ? b : a));
  for (const head of heads) {
    const isSame = head.size === largest.size;
    const proof = isSame ? [] : proofs?.get(head.size);
    if (proofs === undefined && !isSame) continue;
    const continues = proof !== undefined && verifyConsistency({ first: head, second: largest, proof });
    reasons.demand(continues, 'log-forked', `the log of size ${largest.size} is not shown to continue the one of ${head.size}`);
  }
}

// `revoked` is final; else the highest log index counts. The registry's own key can only suspend, and an author never lifts.
function standingRevocation(evidence: Evidence): { kind: 'suspended' | 'revoked'; logIndex: number; reason: string } | undefined {
  const { identities, input } = evidence;
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const publication = {
    scope: scopeOf(input.line.name),
    ...(publish === undefined ? {} : { signer: publish.signer, logIndex: publish.logIndex }),
  };
  const said = statementsOf(evidence, predicateTypes.revocation).filter(({ statement, signer, logIndex }) => {
    const { kind, target } = statement.predicate;
    const byMember = (['reviewer', 'administrator'] as const).some((role) => identities.isMember(signer, role, logIndex));
    const byAuthor = kind === 'lifted' && isAuthor(identities, publication, { keyId: signer }, logIndex);
    const byRegistry = signer === rootKeyId(input.root.registry) && kind === 'suspended';
    return isAbout(target, evidence) && ((byMember && !byAuthor) || byRegistry);
  });
  const last = said.find((one) => one.statement.predicate.kind === 'revoked') ?? said.at(-1);
  if (last === undefined) return undefined;
  const { kind, reason } = last.statement.predicate;
  return kind === 'lifted' ? undefined : { kind, reason, logIndex: last.logIndex };
}

function isAbout(target: RevocationTarget, { input }: Evidence): boolean {
  const { line } = input;
  if ('bundle' in target) return target.bundle === line.bundle;
  if ('publisher' in target) return target.publisher === line.publisher;
  return target.name === line.name && target.version === line.version;
}
