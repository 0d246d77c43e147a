/**
 * An index line against everything that the log holds. Installers judge a line by the statements
 * that it names, so whoever keeps the registry can leave one out; who has read the whole log can
 * not be fooled so. Pure.
 */
import { hexOf } from '../../skill/digest.ts';
import { scopeOf } from '../../skill/name.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { type Evidence, statementsOf, type Verified } from '../decision/evidence.ts';
import { standingRevocation } from '../decision/log.ts';
import { Reasons } from '../decision/reason.ts';
import { judgeLine, judgePublish, judgeVerdict } from '../decision/version.ts';
import { whyFallen } from '../identity/fallen.ts';
import type { Identities } from '../identity/identities.ts';
import { idsOf } from '../identity/match.ts';
import { chainIdentities } from '../identity.ts';
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
  /**
   * The worst mark that the log bears out, words of people who no longer count included: registries
   * lift no mark for their sake.
   */
  readonly mayStand?: 'suspended' | 'revoked';
  /**
   * A statement behind the verdict names the version: a registry takes such a statement only of a
   * version that is in its index.
   */
  readonly wasOffered: boolean;
  /** Why installers would refuse the version if the line named everything that the log says. */
  readonly hidden: readonly string[];
  /** Why installers refuse the line as it is: then it hides nothing. */
  readonly refused: readonly string[];
}

/** @param statements those that the line names, verified */
export function judgeReplayedLine(
  line: IndexLine,
  statements: readonly VerifiedStatement[],
  words: LogWords,
): ReplayedLine {
  const { root, identities } = words;
  const own = statements.filter((one) => one.statement.predicateType !== predicateTypes.revocation);
  const refused = whyRefused(evidenceOf(line, own, words, chainIdentities(root, own)));
  const full = evidenceOf(line, [...own, ...words.revocationsAbout(line)], words, identities);
  const standing = standingRevocation(full);
  const fallen = whyFallenLine(full);
  const demanded =
    fallen === undefined || standing?.kind === 'revoked'
      ? standing && {
          kind: standing.kind,
          why: `${standing.kind} at log index ${standing.logIndex}: ${standing.reason}`,
        }
      : ({ kind: 'revoked', why: fallen } as const);
  const hidden = refused.length > 0 ? [] : whyRefused(full);
  const said = wordsAbout(full);
  const mayStand =
    demanded?.kind === 'revoked' ? demanded.kind : (worstSaid(full, said) ?? demanded?.kind);
  return {
    ...(demanded === undefined ? {} : { demanded }),
    ...(mayStand === undefined ? {} : { mayStand }),
    wasOffered: said.some(
      ({ statement, logIndex }) => isOfVersion(statement) && logIndex > line.logIndex,
    ),
    refused,
    hidden,
  };
}

type Word = Verified<typeof predicateTypes.revocation>;

function wordsAbout(full: Evidence): Word[] {
  const { line } = full.input;
  const [publish] = statementsOf(full, predicateTypes.publish);
  const speaker = {
    ids: [line.publisher, ...(publish === undefined ? [] : idsOf(publish))],
    scope: scopeOf(line.name),
  };
  return statementsOf(full, predicateTypes.revocation).filter(({ statement: { predicate } }) => {
    const { target } = predicate;
    return !('publisher' in target) || full.identities.stops.isAbout(target.publisher, speaker);
  });
}

function worstSaid(
  { identities }: Evidence,
  said: readonly Word[],
): 'suspended' | 'revoked' | undefined {
  const kinds = said.map(({ statement }) => statement.predicate.kind);
  if (kinds.includes('revoked')) return 'revoked';
  const last = said.at(-1);
  if (last === undefined || !kinds.includes('suspended')) return undefined;
  const byMember = (['reviewer', 'administrator'] as const).some((role) =>
    identities.isMember(last.signer, role, last.logIndex),
  );
  return last.statement.predicate.kind === 'lifted' && isOfVersion(last.statement) && byMember
    ? undefined
    : 'suspended';
}

function isOfVersion({ predicate }: Word['statement']): boolean {
  return !('publisher' in predicate.target);
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
  const named = new Set(
    verdict?.statement.predicate.inputAttestations.map(({ digest }) => digest.sha256),
  );
  const inputs = evidence.statements.filter(({ digest }) => named.has(hexOf(digest)));
  return inputs
    .map((one) => whyFallen(evidence.identities, published, one))
    .find((why) => why !== undefined);
}

// Bytes, report and status are for `decide`; what is judged here is what was said, by whom, and
// when.
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
