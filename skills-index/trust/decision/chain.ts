/**
 * The chain of evidence as data: from the root of trust to the files, each part with what is proven
 * and what failed.
 */
import { purlOf, scopeOf } from '../../skill/name.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { rootFingerprint } from '../root.ts';
import { printClaims } from '../sigstore/certified-identities.ts';
import type { SlsaBuildLevel } from '../slsa-level.ts';
import type { VerifiedStatement } from '../verify-statement.ts';
import type { AdmittedApproval } from './approvals.ts';
import { type Evidence, statementsOf } from './evidence.ts';
import type { JudgedStatus } from './log.ts';
import type { ChainPart, DecisionReason } from './reason.ts';
import type { JudgedScan } from './scan.ts';
import type { CheckedVerdict, JudgedPublish } from './version.ts';

/**
 * One part of the chain. It fails only for its own reasons; parts that depend on it have reasons of
 * their own.
 */
export interface ChainNode {
  readonly part: ChainPart;
  readonly holds: boolean;
  /**
   * True when the part passes only because nothing was demanded of it, so it gives no assurance.
   */
  readonly undemanded?: true;
  /** The finding, as a text for people. */
  readonly says: string;
  /** Further facts, one sentence each. */
  readonly notes: readonly string[];
  /** Why the part failed; empty when it did not. */
  readonly reasons: readonly DecisionReason[];
  readonly of: readonly ChainNode[];
}

/** The judged parts; undefined where a part failed already. */
export interface JudgedParts {
  readonly publish: JudgedPublish | undefined;
  readonly scan: JudgedScan | undefined;
  readonly verdict: CheckedVerdict | undefined;
  readonly approvals: readonly AdmittedApproval[];
  readonly status: JudgedStatus | undefined;
  /** Marks that do not stop a version. */
  readonly marks: readonly string[];
  readonly level: SlsaBuildLevel;
}

interface Said {
  readonly undemanded?: true;
  readonly says: string;
  readonly notes?: readonly string[];
}

/** Arranges the judged parts as one tree below the root of trust. */
export function chainOf(
  evidence: Evidence,
  judged: JudgedParts,
  reasons: readonly DecisionReason[],
): ChainNode {
  const node = (
    part: ChainPart,
    { says, notes = [], undemanded }: Said,
    of: readonly ChainNode[] = [],
  ): ChainNode => {
    const own = reasons.filter((one) => one.part === part);
    const isHollow = undemanded === true && own.length === 0;
    return {
      part,
      holds: own.length === 0,
      ...(isHollow ? { undemanded } : {}),
      says,
      notes,
      reasons: own,
      of,
    };
  };
  const ofLog = [
    node('statements', sayStatements(evidence)),
    node('witnesses', sayWitnesses(judged)),
  ];
  return node('root', sayRoot(evidence), [
    node('log', sayLog(evidence, judged), ofLog),
    node('publisher', sayPublisher(evidence, judged)),
    node('scan', sayScan(judged)),
    node('approvals', sayApprovals(judged)),
    node('verdict', sayVerdict(evidence, judged)),
    node('status', sayStatus(evidence, judged)),
    node('version', sayVersion(evidence)),
  ]);
}

function sayRoot({ input: { root } }: Evidence): Said {
  const people =
    root.administrators.length === 1
      ? 'one administrator'
      : `${root.administrators.length} administrators`;
  const retired = root.retired?.length ?? 0;
  return {
    says: `root of trust ${rootFingerprint(root)} of ${root.origin}: ${people}, ${root.threshold} needed to change whose a scope is`,
    notes:
      retired === 0
        ? []
        : [
            `${retired} ${retired === 1 ? 'key of an earlier root counts up to its' : 'keys of earlier roots count up to their'} last log index`,
          ],
  };
}

function sayLog({ input }: Evidence, { status }: JudgedParts): Said {
  if (status === undefined)
    return { says: `the log of ${input.root.origin}: no head of it that counts is at hand` };
  const { size, root } = status.checkpoint;
  const kept = input.seen;
  return {
    says: `log of ${input.root.origin}: size ${size}, root ${Buffer.from(root).toString('base64')}`,
    notes: [
      kept === undefined
        ? 'seen here for the first time'
        : `compared with the head seen here before, of size ${kept.checkpoint.size}`,
    ],
  };
}

function sayStatements({ statements, input }: Evidence): Said {
  const retired = statements.filter((one) => one.checkpoint.retired).length;
  return {
    says: `${statements.length} of ${input.line.statements.length} statements are signed and in the log`,
    notes: retired === 0 ? [] : [`${retired} of them under a log key that was retired since`],
  };
}

function sayWitnesses({ status }: JudgedParts): Said {
  const witnessed = status?.witnessed;
  if (witnessed === undefined) {
    const says =
      'witnessed: 0/0 (none demanded): this registry could show you another history than others';
    return { says, undemanded: true };
  }
  const { counted, of, threshold } = witnessed;
  const names = counted.map(
    ({ name, seconds }) => `${name} cosigned at ${new Date(seconds * 1000).toISOString()}`,
  );
  const says = `witnessed: ${counted.length}/${of} (${threshold} needed)`;
  return {
    says,
    notes: names,
    ...(counted.length === 0 && threshold === 0 ? { undemanded: true } : {}),
  };
}

function sayPublisher(evidence: Evidence, { publish, level }: JudgedParts): Said {
  if (publish === undefined) return { says: 'publisher: nobody who counts signed a publication' };
  const [signed] = statementsOf(evidence, predicateTypes.publish);
  const levels = [
    'where it was made is not shown',
    'its publisher says from which commit it was made',
    'a CI job made it',
  ] as const;
  return {
    says: `published by ${publish.by} at log index ${publish.logIndex}`,
    notes: [
      whoIsIt(signed, evidence),
      ...sayChanges(signed, evidence),
      `SLSA build level ${level}: ${levels[level]}`,
      ...(publish.inferred ? ['the manifest was inferred; no author wrote it'] : []),
    ],
  };
}

// A new key or owner is not a fault, but an installer should be told.
function sayChanges(signed: VerifiedStatement | undefined, evidence: Evidence): string[] {
  const { identities, input } = evidence;
  const scope = scopeOf(input.line.name);
  const counts = ({ digest }: VerifiedStatement): boolean =>
    !identities.ignored.some((one) => one.digest === digest);
  const rotated = statementsOf(evidence, predicateTypes.key).filter(counts);
  const given = statementsOf(evidence, predicateTypes.scope).filter(counts);
  return [
    ...rotated.flatMap(({ statement: { predicate }, logIndex }) => {
      const { key, replaces } = predicate;
      if (
        signed === undefined ||
        replaces === undefined ||
        ![key.keyId, replaces].includes(signed.signer)
      )
        return [];
      return [
        `the publisher’s key was rotated at log index ${logIndex}: ${key.keyId} follows ${replaces}`,
      ];
    }),
    ...given.flatMap(({ statement: { predicate }, logIndex, digest }) => {
      if (predicate.scope !== scope || predicate.previous === undefined) return [];
      // A change that too few administrators signed has no effect, so it is not mentioned.
      if (identities.scopeStatementOf(scope, logIndex + 1) !== digest) return [];
      return [`who owns or publishes in @${scope} was changed at log index ${logIndex}`];
    }),
  ];
}

// A bare key does not tell who holds it. It proves only that it is the pinned key, and that its use
// cannot be hidden from the log.
function whoIsIt(signed: VerifiedStatement | undefined, { input }: Evidence): string {
  if (signed?.certified !== undefined) return `keyless: ${printClaims(signed.certified.claims)}`;
  const pin = input.pinned?.publisher;
  const same =
    pin === undefined
      ? 'no publisher of this skill was known here before'
      : pin === signed?.signer
        ? 'the publisher that is pinned here for this skill'
        : 'not the key that is pinned here for this skill';
  return `keyed: ${same}, publicly logged, no name proven`;
}

function sayScan({ scan }: JudgedParts): Said {
  if (scan === undefined) return { says: 'scan: none that counts' };
  return {
    says: `scanned by ${scan.scanner} at log index ${scan.logIndex}: ${scan.verdict}, ${scan.files} of ${scan.files} ${scan.files === 1 ? 'file' : 'files'} covered`,
    notes: [
      `rule set ${scan.ruleSet}`,
      `report ${scan.report}, ${scan.findings.length} ${scan.findings.length === 1 ? 'finding' : 'findings'}`,
    ],
  };
}

function sayApprovals({ approvals, scan }: JudgedParts): Said {
  const alone = approvals.filter((one) => one.independent).length;
  const needed = scan?.needed;
  const of = needed === undefined ? '' : ` (${needed.total} needed)`;
  const ofAlone = needed === undefined ? '' : `/${needed.independent}`;
  const onDesk = approvals.length > 0 && alone === 0 && needed?.independent === 0;
  return {
    ...(onDesk ? { undemanded: true as const } : {}),
    says: `approvals: ${approvals.length}${of}; independent approvals: ${alone}${ofAlone}${onDesk ? ' (none demanded): all rest on what the registry’s desk showed' : ''}`,
    notes: approvals.map(({ member, by, independent, logIndex, reason }) => {
      const how = independent ? 'by key, independent of the desk' : `by ${by}`;
      return `${member}, ${how}, at log index ${logIndex}: ${reason}`;
    }),
  };
}

function sayVerdict({ policies }: Evidence, { verdict }: JudgedParts): Said {
  if (verdict === undefined) return { says: 'verdict of the registry: none' };
  const { validUpTo } = policies;
  return {
    says: `verdict of the registry at log index ${verdict.logIndex}, ${new Date(verdict.at).toISOString()}`,
    notes:
      validUpTo === undefined
        ? []
        : [`under an earlier policy, which administrators let count up to log index ${validUpTo}`],
  };
}

function sayStatus({ input }: Evidence, { status, marks }: JudgedParts): Said {
  if (status === undefined) return { says: 'status: none that counts' };
  const { issued, expires } = status;
  const late = input.now > Date.parse(expires);
  return {
    says: `status of ${issued}, good until ${expires}${late ? ', counted by the grace that this host allows' : ''}`,
    notes: [
      ...(input.past === true
        ? [`judged as of ${new Date(input.now).toISOString()}; what was said since is not known`]
        : []),
      ...marks,
    ],
  };
}

function sayVersion({ input: { line } }: Evidence): Said {
  return {
    says: `${line.name}@${line.version} is the bundle ${line.bundle}`,
    notes: [purlOf(line.name, line.version)],
  };
}
