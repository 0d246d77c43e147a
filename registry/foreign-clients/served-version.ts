/** Which versions a client of another registry's form may install, and why not the others. */
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { findSkill, type ShownSkill } from '../catalogue/shown-skills.ts';
import type { Registry, VersionName } from '../context.ts';
import { adviceKinds } from '../index/advice.ts';
import { historyOf, newestVersion, requireVersion } from '../versions/find-versions.ts';
import type { Shown } from '../versions/shown-versions.ts';
import type { VersionState } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';

/** What a client needs of a version. */
export type ServedVersion = Pick<VersionRow, 'name' | 'version' | 'bundle' | 'createdAt'>;

const pending: ReadonlySet<VersionState> = new Set(['received', 'scanning', 'in review']);

/** The reason why no client gets a version; undefined for one that is approved. */
export async function whyNotServed(
  registry: Registry,
  row: Shown<VersionRow>,
): Promise<Problem | undefined> {
  if (row.status === 'approved') return undefined;
  const about = `${row.name}@${row.version}`;
  if (isPending(row))
    return new Problem('version-pending', `${about} is not approved yet: it is ${row.status}`);
  const last = (await historyOf(registry, row)).at(-1);
  const why = last === undefined ? '' : `: ${last.why}`;
  return new Problem('version-withheld', `${about} is ${row.status}${why}`);
}

/** Whether a version waits for its scan or for approvals. */
export function isPending({ status }: Pick<VersionRow, 'status'>): boolean {
  return pending.has(status);
}

/**
 * An approved version.
 * @throws Problem `not-found`, `version-pending`, `version-withheld`
 */
export async function requireServed(
  registry: Registry,
  which: VersionName,
): Promise<Shown<VersionRow>> {
  const row = await requireVersion(registry, which);
  const refusal = await whyNotServed(registry, row);
  if (refusal !== undefined) throw refusal;
  return row;
}

/**
 * The version of a skill for a client that names none.
 * @throws Problem `not-found`; `version-yanked`, `version-pending` or `version-withheld` about the
 * newest version of a skill that has none to offer
 */
export async function requireOffered(registry: Registry, name: SkillName): Promise<ShownSkill> {
  const skill = await findSkill(registry, name);
  if (skill !== undefined) return skill;
  const newest = await newestVersion(registry, name);
  if (newest === undefined) throw new Problem('not-found', `This registry has no skill ${name}`);
  const { id, version } = await requireServed(registry, newest);
  if ((await adviceKinds(registry, [id])).get(id)?.includes('yanked') === true)
    throw new Problem('version-yanked', `The author yanked the newest version of ${name}`, {
      hint: `To install it nevertheless, name it: ${name}@${version}`,
    });
  // The row of a version that was approved a moment ago comes next.
  throw new Problem('version-pending', `${name} offers no version yet`, {
    hint: 'Ask again in a moment.',
  });
}
