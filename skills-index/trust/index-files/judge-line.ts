/**
 * Judges an index line against the whole log. Installers judge a line by the statements that the
 * line names, so a registry could leave a statement out of the line. A reader of the whole log
 * notices the missing statement. Pure.
 */
import { hexOf } from '../../skill/digest.ts';
import { scopeOf } from '../../skill/name.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { type Evidence, statementsOf, type Verified } from '../decision/evidence.ts';
import { activeRevocation } from '../decision/one-log.ts';
import { Reasons } from '../decision/reason.ts';
import { judgeLine, judgePublish, judgeSummary } from '../decision/version.ts';
import { whyFallen } from '../members-and-scopes/fallen.ts';
import type { Identities } from '../members-and-scopes/identities.ts';
import { chainIdentities } from '../members-and-scopes/identity.ts';
import { idsOf } from '../members-and-scopes/match.ts';
import { policiesAt } from '../policy/judging-policies.ts';
import type { Policy } from '../policy/policy.ts';
import type { RootFile } from '../root/root.ts';
import type { VerifiedStatement } from '../signatures/verify-statement.ts';
import type { IndexLine } from './index-line.ts';

/** The identity statements and revocations of a whole log. */
export interface TrustStatements {
  readonly root: RootFile;
  readonly policy: Policy;
  /** The identities that follow from all identity statements of the log. */
  readonly identities: Identities;
  /** Suspensions, lifts and revocations that could be about a version. */
  revocationsAbout(line: IndexLine): readonly VerifiedStatement[];
}

export interface ReplayedLine {
  /** The stop for which installers refuse the version. */
  readonly demanded?: { readonly kind: 'suspended' | 'revoked'; readonly why: string };
  /**
   * The worst stop that any statement in the log names. A lifted suspension and statements of
   * people whose keys were ended count, too: a registry changes its index only after the statement.
   */
  readonly mayStand?: 'suspended' | 'revoked';
  /** Why installers would refuse the version if the index line named every statement of the log. */
  readonly hidden: readonly string[];
  /**
   * Why installers refuse the index line as it is. A line that installers refuse hides nothing from
   * them.
   */
  readonly refused: readonly string[];
}

/**
 * Judges an index line against the whole log.
 * @param statements the verified statements that the index line names
 */
export function judgeReplayedLine(
  line: IndexLine,
  statements: readonly VerifiedStatement[],
  words: TrustStatements,
): ReplayedLine {
  const { root, identities } = words;
  const own = statements.filter((one) => one.statement.predicateType !== predicateTypes.revocation);
  const refused = whyRefused(evidenceOf(line, own, words, chainIdentities(root, own)));
  const full = evidenceOf(line, [...own, ...words.revocationsAbout(line)], words, identities);
  const stop = activeRevocation(full);
  const fallen = whyFallenLine(full);
  const demanded =
    fallen === undefined || stop?.kind === 'revoked'
      ? stop && {
          kind: stop.kind,
          why: `${stop.kind} at log index ${stop.logIndex}: ${stop.reason}`,
        }
      : ({ kind: 'revoked', why: fallen } as const);
  const hidden = refused.length > 0 ? [] : whyRefused(full);
  const kinds = revocationsOf(full).map(({ statement }) => statement.predicate.kind);
  const said = (['revoked', 'suspended'] as const).find((kind) => kinds.includes(kind));
  const mayStand = demanded?.kind === 'revoked' ? demanded.kind : (said ?? demanded?.kind);
  return {
    ...(demanded === undefined ? {} : { demanded }),
    ...(mayStand === undefined ? {} : { mayStand }),
    refused,
    hidden,
  };
}

type Revocation = Verified<typeof predicateTypes.revocation>;

function revocationsOf(full: Evidence): Revocation[] {
  const { line } = full.input;
  const [publish] = statementsOf(full, predicateTypes.publish);
  const publisher = {
    ids: [line.publisher, ...(publish === undefined ? [] : idsOf(publish))],
    scope: scopeOf(line.name),
  };
  return statementsOf(full, predicateTypes.revocation).filter(({ statement: { predicate } }) => {
    const { target } = predicate;
    return !('publisher' in target) || full.identities.stops.isAbout(target.publisher, publisher);
  });
}

function whyRefused(evidence: Evidence): string[] {
  const reasons = new Reasons();
  judgeLine(evidence, reasons);
  judgePublish(evidence, reasons);
  judgeSummary(evidence, reasons);
  const fallen = whyFallenLine(evidence);
  return [...reasons.list.map(({ message }) => message), ...(fallen === undefined ? [] : [fallen])];
}

function whyFallenLine(evidence: Evidence): string | undefined {
  const { line } = evidence.input;
  const published = { scope: scopeOf(line.name), publisher: line.publisher };
  const [summary] = statementsOf(evidence, predicateTypes.summary);
  const named = new Set(
    summary?.statement.predicate.inputAttestations.map(({ digest }) => digest.sha256),
  );
  const inputs = evidence.statements.filter(({ digest }) => named.has(hexOf(digest)));
  return inputs
    .map((one) => whyFallen(evidence.identities, published, one))
    .find((why) => why !== undefined);
}

// Only `decide` judges the bytes, the scan report and the status of a version, so a replay leaves
// them empty.
function evidenceOf(
  line: IndexLine,
  statements: readonly VerifiedStatement[],
  { root, policy }: TrustStatements,
  identities: Identities,
): Evidence {
  const nothing = new Uint8Array();
  const summary = statements.find((one) => one.statement.predicateType === predicateTypes.summary);
  return {
    input: {
      root,
      policy,
      now: 0,
      line,
      statements: new Map(),
      bundle: nothing,
      report: nothing,
      files: new Map(),
      statuses: [],
    },
    statements,
    identities,
    policies: policiesAt(policy, summary?.logIndex),
    heads: [],
    known: [],
  };
}
