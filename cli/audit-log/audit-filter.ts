/** The entries of the audit log that the options of `skillgate log` select. */
import type { AuditEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';

export type AuditFilter = (entry: AuditEntry) => boolean;

/** @throws Problem `usage` for an invalid time */
export function auditFilterOf({
  options,
  now,
}: Pick<CommandContext, 'options' | 'now'>): AuditFilter {
  const { agent, run, since, skill } = options;
  const from = typeof since === 'string' ? sinceOf(since, now()) : undefined;
  return (entry) =>
    (agent === undefined || entry.agent === agent) &&
    (run === undefined ||
      entry.run === run ||
      (typeof run === 'string' && run.length >= 4 && entry.run.startsWith(run))) &&
    (skill === undefined || entry.skill === skill || `${entry.skill}@${entry.version}` === skill) &&
    (from === undefined || entry.at >= from);
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * The time that `--since` names, in ISO 8601: a duration before now, or a time.
 * @throws Problem `usage`
 */
export function sinceOf(text: string, now: Date): string {
  const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (number !== undefined)
    return new Date(now.getTime() - Number(number) * (unitMilliseconds[unit] ?? 0)).toISOString();
  const at = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(at))
    throw new Problem(
      'usage',
      `Cannot read --since ${JSON.stringify(text)}: write 2h, 7d or 2026-01-31T12:00Z`,
    );
  return new Date(at).toISOString();
}
