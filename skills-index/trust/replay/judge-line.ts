/**
 * An index line against everything that the log holds. Installers judge a line by the statements that it names, so whoever keeps the registry
 * can leave one out; who has read the whole log can not be fooled so. Pure.
 */
import { hexOf } from '../../skill/digest.ts';
import { scopeOf } from '../../skill/name.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { type Evidence, statementsOf } from '../decision/evidence.ts';
import { standingRevocation } from '../decision/log.ts';
import { Reasons } from '../decision/reason.ts';
import { judgeLine, judgePublish, judgeVerdict } from '../decision/version.ts';
import { whyFallen } from '../identity/fallen.ts';
import { idsOf } from '../identity/match.ts';
import { chainIdentities, type Identities } from '../identity.ts';
import type { IndexLine } from '../index-line.ts';
import { policiesAt } from '../judging-policies.ts';
import type { Policy } from '../policy.ts';
import type { RootFile } from '../root.ts';
import type { VerifiedStatement } from '../verify-statement.ts';

/** What the log says about everybody. */
export interface LogWords {
  readonly root: RootFile;
  readonly policy: Policy;
  /** Who is who by all identity statements. */
  readonly identities: Identities;
  /** Suspensions, lifts and revocations that may be about a version. */
  revocationsAbout(line: IndexLine): readonly VerifiedStatement[];
}

export interface ReplayedLine {
  /** The mark that status.json has to have. */
  readonly demanded?: { readonly kind: 'suspended' | 'revoked'; readonly why: string };
  /** Somebody said something against the version or its publisher, whether it counts or not: then a mark is no invention. */
  readonly spokenOf: boolean;
  /** Why installers would refuse the version if the line named everything that the log says. */
  readonly hidden: readonly string[];
  /** Why installers refuse the line as it is: then it hides nothing. */
  readonly refused: readonly string[];
}

/** @param statements those that the line names, verified */
export function judgeReplayedLine(line: IndexLine, statements: readonly VerifiedStatement[], words: LogWords): ReplayedLine {
  const { root, identities } = words;
  const own = statements.filter((one) => one.statement.predicateType !== predicateTypes.revocation);
  const refused = whyRefused(evidenceOf(line, own, words, chainIdentities(root, own)));
  const full = evidenceOf(line, [...own, ...words.revocationsAbout(line)], words, identities);
  const standing = standingRevocation(full);
  const fallen = whyFallenLine(full);
  const demanded =
    fallen === undefined || standing?.kind === 'revoked'
      ? standing && { kind: standing.kind, why: `${standing.kind} at log index ${standing.logIndex}: ${standing.reason}` }
      : ({ kind: 'revoked', why: fallen } as const);
  const hidden = refused.length > 0 ? [] : whyRefused(full);
  return { ...(demanded === undefined ? {} : { demanded }), spokenOf: isSpokenOf(full), refused, hidden };
}

function isSpokenOf(full: Evidence): boolean {
  const { line } = full.input;
  const [publish] = statementsOf(full, predicateTypes.publish);
  const speaker = { ids: [line.publisher, ...(publish === undefined ? [] : idsOf(publish))], scope: scopeOf(line.name) };
  return statementsOf(full, predicateTypes.revocation).some(({ statement: { predicate } }) => {
    const { target } = predicate;
    return !('publisher' in target) || full.identities.stops.isAbout(target.publisher, speaker);
  });
}

function whyRefused(evidence: Evidence): string[] {
  const reasons = new Reasons();
  judgeLine(evidence, reasons);
  judgePublish(evidence, reasons);
  judgeVerdict(evidence, reasons);
  const fallen = whyFallenLine(evidence);
  return [...reasons.list.map(({ message }) => message), ...(fallen === undefined ? [] : [fallen])];
}

function whyFallenLine(evidence: Evidence): string | undefined {
  const { line } = evidence.input;
  const published = { scope: scopeOf(line.name), publisher: line.publisher };
  const [verdict] = statementsOf(evidence, predicateTypes.verdict);
  const named = new Set(verdict?.statement.predicate.inputAttestations.map(({ digest }) => digest.sha256));
  const inputs = evidence.statements.filter(({ digest }) => named.has(hexOf(digest)));
  return inputs.map((one) => whyFallen(evidence.identities, published, one)).find((why) => why !== undefined);
}

// Bytes, report and status are for `decide`; what is judged here is what was said, by whom, and when.
function evidenceOf(
  line: IndexLine,
  statements: readonly VerifiedStatement[],
  { root, policy }: LogWords,
  identities: Identities,
): Evidence {
  const nothing = new Uint8Array();
  const verdict = statements.find((one) => one.statement.predicateType === predicateTypes.verdict);
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
    policies: policiesAt(policy, verdict?.logIndex),
    marks: [],
    known: [],
  };
}
