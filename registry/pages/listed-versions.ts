/** The versions of a skill, and what each approved one asks for that the one before did not. */

import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { type Capability, listCapabilities, minus } from '../../skills-index/skill/capability.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Registry } from '../context.ts';
import { adviceKinds } from '../index/advice.ts';
import { capabilitiesInIndex } from '../index/line-capabilities.ts';
import { previousApproved } from '../review/prose-since.ts';
import { versionsBefore } from '../versions/find-versions.ts';
import type { VersionRow } from '../versions/versions.ts';
import { versionRows } from './limits.ts';

/** Compared with the last approved version before. */
export interface CapabilityChange {
  readonly since: VersionRow['version'];
  readonly added: readonly Capability[];
  readonly dropped: readonly Capability[];
}

export interface VersionEntry {
  readonly row: VersionRow;
  /**
   * `first` for the first approved version. Undefined for a version that is not approved, or not in
   * the index yet.
   */
  readonly change?: CapabilityChange | 'first' | undefined;
  readonly isYanked: boolean;
}

export interface VersionsPage {
  readonly versions: readonly VersionEntry[];
  /** The log index in front of which older versions are; absent on the last page. */
  readonly next?: number;
}

/** @param before the log index of the version behind the first one of the page */
export async function listVersions(
  registry: Registry,
  name: SkillName,
  before: number,
): Promise<VersionsPage> {
  const found = await versionsBefore(registry, name, { before, limit: versionRows + 1 });
  const rows = found.slice(0, versionRows);
  const approved = rows.filter(({ status }) => status === 'approved');
  const oldest = approved.at(-1);
  const earlier = oldest && (await previousApproved(registry, oldest));
  const all = earlier === undefined ? approved : [...approved, earlier];
  const known = await capabilitiesInIndex(registry, name, all);
  const advice = await adviceKinds(
    registry,
    approved.map(({ id }) => id),
  );
  const last = found.length > rows.length ? rows.at(-1) : undefined;
  return {
    versions: rows.map((row) => ({
      row,
      change: row.status === 'approved' ? changeOf(row, all, known) : undefined,
      isYanked: advice.get(row.id)?.includes('yanked') === true,
    })),
    ...(last === undefined ? {} : { next: last.logIndex }),
  };
}

function changeOf(
  row: VersionRow,
  all: readonly VersionRow[],
  known: ReadonlyMap<string, Capabilities>,
): VersionEntry['change'] {
  const previous = all[all.indexOf(row) + 1];
  if (previous === undefined) return 'first';
  const now = known.get(row.id);
  const before = known.get(previous.id);
  return now && before && changeBetween(previous.version, before, now);
}

/** What a version asks for anew, and no more. */
export function changeBetween(
  since: VersionRow['version'],
  before: Capabilities,
  now: Capabilities,
): CapabilityChange {
  return {
    since,
    added: listCapabilities(minus(now, before)),
    dropped: listCapabilities(minus(before, now)),
  };
}
