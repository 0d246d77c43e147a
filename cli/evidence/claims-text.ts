/** A report and its claims as text for a terminal. */
import type { CommandContext } from '../command.ts';
import { count, inkFor, joined, type Safe, safe } from '../terminal/output.ts';
import type { EvidenceReport } from './write-report.ts';

/** What the report is about, in figures. */
export function summaryText({ hosts, facts, since, generated }: EvidenceReport): Safe {
  const { versions, uses, incidents, holds, reactions } = facts;
  const agents = new Set(uses.map(({ agent }) => agent));
  const starts = uses.reduce((sum, row) => sum + row.starts, 0);
  const lines = facts.hosts.reduce((sum, row) => sum + row.lines, 0);
  return joined(
    [
      safe`${since === null ? 'all lines' : `since ${since}`} until ${generated}: ${count(hosts.length, 'host')}, ${count(lines, 'audit line')}`,
      safe`${count(agents.size, 'agent')} in audit lines, ${count(versions.length, 'version')}, ${count(starts, 'start')}, ${count(holds.length, 'hold')}, ${count(incidents.length, 'incident')}, ${count(reactions.length, 'reaction')} to a revocation`,
    ],
    '\n',
  );
}

const words: Readonly<Record<Standing, string>> = {
  verified: 'verified by',
  stated: 'stated',
  open: 'could not be verified, because',
  false: 'is contradicted:',
};

// A reader of the first line alone must not take the claim for true.
const doubts: Readonly<Record<Standing, string>> = {
  verified: '',
  stated: '',
  open: 'not verified: ',
  false: 'contradicted: ',
};

function standingText({ standing, why }: Claim): string {
  return `${words[standing]} ${why}`;
}

/** Each claim with the way in which it was checked. */
export function claimsText(
  { stdout, env }: Pick<CommandContext, 'stdout' | 'env'>,
  report: EvidenceReport,
  claims: readonly Claim[],
): Safe {
  const ink = inkFor(stdout, env);
  const marks: Readonly<Record<Standing, Safe>> = {
    verified: ink.green('✓'),
    stated: ink.faint('·'),
    open: ink.yellow('?'),
    false: ink.red('✗'),
  };
  const number = (standing: Standing): number =>
    claims.filter((one) => one.standing === standing).length;
  return joined(
    [
      summaryText(report),
      ...claims.map((claim) =>
        joined(
          [
            safe`${marks[claim.standing]} ${claim.about}: ${doubts[claim.standing]}${claim.says}`,
            ink.faint(safe`    ${standingText(claim)}`),
          ],
          '\n',
        ),
      ),
      safe`${count(number('verified'), 'claim')} verified, ${number('stated')} stated, ${number('open')} could not be verified`,
    ],
    '\n',
  );
}

// One claim of a report, and how it was checked.

/**
 * `verified`: this program recomputed the claim. `stated`: only the named party says so. `open`:
 * the claim could not be verified. `false`: the evidence contradicts the report.
 */
type Standing = 'verified' | 'stated' | 'open' | 'false';

export interface Claim {
  /** The part of the report: `report`, a host, or a version. */
  readonly about: string;
  readonly says: string;
  readonly standing: Standing;
  /** By what it was verified, who states it, or why it could not be verified. */
  readonly why: string;
}

type ClaimOf = (about: string, says: string, why: string) => Claim;

/** A claim that this program computed. */
export const verified: ClaimOf = (about, says, why) => ({ about, says, standing: 'verified', why });

/** A claim that only the named party makes. */
export const stated: ClaimOf = (about, says, why) => ({ about, says, standing: 'stated', why });

/** A claim that could not be verified. */
export const open: ClaimOf = (about, says, why) => ({ about, says, standing: 'open', why });

/** A claim that the evidence contradicts. */
export const contradicted: ClaimOf = (about, says, why) => ({
  about,
  says,
  standing: 'false',
  why,
});
