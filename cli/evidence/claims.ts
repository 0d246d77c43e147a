/**
 * What a report claims, and how each claim was checked. No claim says more than this program
 * checked from the report alone.
 */

import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { isTrial } from '../run/trial-build.ts';
import { count } from '../terminal/output.ts';
import { type Claim, contradicted, open, stated, verified } from './claim.ts';
import type { ComputedFacts } from './compute-facts.ts';
import type { ReactionRow, VersionFacts } from './facts.ts';
import { answerClaims, hostClaims } from './host-claims.ts';
import type { JudgedSection } from './version-evidence.ts';
import type { OpenedReport } from './write-report.ts';

/** What the reader of a report knows from elsewhere. */
export interface KnownKeys {
  /** Id of the key that is expected to sign. */
  readonly signer?: string | undefined;
  /** Fingerprints of roots of trust, from the command line or from this machine's pins. */
  readonly roots: readonly string[];
}

export function claimsOf(opened: OpenedReport, computed: ComputedFacts, known: KnownKeys): Claim[] {
  const { report } = opened;
  return [
    ...signatureClaims(opened, known),
    ...factsClaims(opened, computed),
    ...report.hosts.flatMap((host, at) => hostClaims(host, computed.facts.hosts[at], opened)),
    ...rootClaims(computed.facts.versions, known),
    ...computed.judged.map((one, index) => versionClaim(one, report.versions[index]?.at)),
    ...bundleClaims(computed),
    ...computed.facts.hosts.flatMap(({ name }) => answerClaims(name, opened, computed)),
    ...computed.facts.reactions.map(reactionClaim),
  ];
}

function signatureClaims({ report }: OpenedReport, { signer }: KnownKeys): Claim[] {
  const { keyId, name } = report.signer;
  const about = 'report';
  const host = report.hosts.find(({ audit }) => audit?.key?.keyId === keyId);
  const whose = host === undefined ? `the key ${name}` : `the audit key of the host ${host.name}`;
  return [
    verified(
      about,
      `${keyId} signed the report and its ${count(report.evidence.count, 'part')}`,
      'the signature over the statement, and the digest of all parts',
    ),
    signer === undefined
      ? stated(about, `${keyId} is ${whose}`, byReport('id', '--signer'))
      : signer === keyId
        ? verified(about, `${keyId} is the expected key`, '--signer')
        : contradicted(
            about,
            'the report is signed with the expected key',
            `--signer names ${signer}, and ${keyId} signed`,
          ),
  ];
}

function byReport(what: string, option: string): string {
  return `by the report itself: compare the ${what} with what you know, and name it with ${option}`;
}

// The maker computed the facts by the same function. A maker who changes a figure afterwards, and
// signs the change, is found here.
function factsClaims({ report }: OpenedReport, { facts }: ComputedFacts): Claim[] {
  const about = 'report';
  const says = 'every figure and row of the report follows from its parts';
  const there: Readonly<Record<string, unknown>> = { ...report.facts };
  const here: Readonly<Record<string, unknown>> = { ...facts };
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])];
  const differing = names.filter((name) => textOf(there[name]) !== textOf(here[name]));
  if (differing.length === 0) return [verified(about, says, 'computing all of them again')];
  return differing.map((name) =>
    contradicted(
      about,
      `${says}: ${name}`,
      `the report has ${sizeOf(there[name])}, and its parts give ${sizeOf(here[name])}`,
    ),
  );
}

function textOf(value: unknown): string {
  return value === undefined ? '' : canonicalJson(value);
}

function sizeOf(value: unknown): string {
  return Array.isArray(value) ? `${count(value.length, 'row')} of this list` : `${value}`;
}

function rootClaims(versions: readonly VersionFacts[], { roots }: KnownKeys): Claim[] {
  const found = new Map(versions.flatMap(({ root, registry }) => (root ? [[root, registry]] : [])));
  return [...found].map(([root, registry]) => {
    const says = `${root} is the root of trust of the registry ${registry}`;
    return roots.includes(root ?? '')
      ? verified(
          'report',
          says,
          'the fingerprint that --root names, or that this machine has pinned',
        )
      : stated('report', says, byReport('fingerprint', '--root'));
  });
}

function versionClaim({ facts, why }: JudgedSection, at: string | undefined): Claim {
  const about = `${facts.name}@${facts.version}`;
  const says = 'the version is approved';
  if (facts.decision === 'unknown') return open(about, says, why ?? 'there is no evidence');
  const by = `signatures, log proofs and policy under the root of trust ${facts.root}, as of ${at}`;
  const stops = facts.reasons.filter((code) => code === 'revoked' || code === 'suspended');
  if (stops.length > 0)
    return verified(about, `the version is refused now: ${stops.join(', ')}`, by);
  if (facts.decision === 'refused')
    return open(about, says, `its evidence is refused: ${facts.reasons.join(', ')}`);
  const people = facts.approvals.map(({ member }) => member).join(', ');
  const needed = facts.needed === null ? '' : ` (policy demands ${facts.needed.total})`;
  return verified(about, `published, scanned and approved by ${people}${needed}`, by);
}

// What a host ran is compared with what was approved: the host's line names the bundle.
function bundleClaims({ facts }: ComputedFacts): Claim[] {
  const approved = new Map(facts.versions.map((one) => [`${one.name}@${one.version}`, one.bundle]));
  return facts.uses.flatMap(({ agent, skill, version, bundle, starts, hosts }) => {
    const about = `${skill}@${version}`;
    if (bundle === null || starts === 0) return [];
    const says = `${count(starts, 'start')} by ${agent} on ${hosts.join(', ')} used the approved files`;
    if (isTrial({ agent, version }))
      return [
        stated(
          about,
          `${count(starts, 'trial')} by ${agent} on ${hosts.join(', ')} ran files that nobody approved`,
          'by the host only: its lines mark the version as one of skillgate try',
        ),
      ];
    const other = approved.get(about);
    if (other === bundle)
      return [stated(about, says, 'by the host only: its lines name the approved bundle')];
    const why =
      other === undefined || other === null
        ? 'there is no evidence about the version'
        : `the host’s lines name the bundle ${bundle}, and ${other} was approved`;
    return [open(about, says, why)];
  });
}

function reactionClaim(row: ReactionRow): Claim {
  const { host, name, version, kind, since, stopped, seconds, startsAfter } = row;
  const after = count(startsAfter, 'start');
  const says =
    stopped === null
      ? `${kind} at ${since}; ${host} refused no start since, and has ${after} after it`
      : `${kind} at ${since}; ${host} refused it ${count(seconds ?? 0, 'second')} later, after ${after}`;
  const why =
    'by two clocks: the registry’s index has the first time unsigned, and the host wrote the second';
  return stated(`${name}@${version}`, says, why);
}
