/**
 * Compares what a version may do with what the last approved version could do. A new host, secret
 * or program, a changed command and another publisher deserve a look even where each is harmless:
 * an attacker who takes over a known skill needs only one of them.
 */
import { and, eq } from 'drizzle-orm';
import { type Capability, printCapability } from '../../skills-index/skill/capability.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { addedCapabilities } from '../../skills-index/statement/added-capabilities.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { Registry } from '../context.ts';
import { versions } from '../store/schema.ts';
import { manifestOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import { reportOf } from './approvals.ts';

export interface ChangesSince {
  /** The last approved version. */
  readonly since: Version;
  /** Declared or observed now, covered by nothing before, and no package. */
  readonly added: readonly Capability[];
  /** Names of commands that are new or start something else than before. */
  readonly commands: readonly string[];
  /** Whether no approved version of the skill is by the publisher of this one. */
  readonly isNewPublisher: boolean;
}

/**
 * The changes since the last approved version.
 * @returns undefined when no version was approved before
 */
export async function changesSince(
  registry: Registry,
  row: VersionRow,
  { manifest, report, previous }: ComparedEvidence,
): Promise<ChangesSince | undefined> {
  if (previous === undefined) return undefined;
  const before = await manifestOf(registry, previous);
  const earlierReport = await reportOf(registry, previous);
  const added = addedCapabilities(known(before, earlierReport), known(manifest, report));
  return {
    since: previous.version,
    added: added.filter(({ kind }) => kind !== 'package'),
    commands: changedCommands(before, manifest),
    isNewPublisher: !(await hasApproved(registry, row)),
  };
}

/** One line for each change: capabilities, commands, then the publisher. */
export function changeNames({ added, commands, isNewPublisher }: ChangesSince): string[] {
  return [
    ...added.map(printCapability),
    ...commands.map((name) => `command ${name}`),
    ...(isNewPublisher ? ['a publisher without an approved version of this skill'] : []),
  ];
}

interface ComparedEvidence {
  readonly manifest: Manifest;
  /** The newest report of the version. Without a report, only the manifests are compared. */
  readonly report: ScanReport | undefined;
  /** The row of `previousApproved`. */
  readonly previous: VersionRow | undefined;
}

function known(
  { capabilities: declared }: Manifest,
  report: ScanReport | undefined,
): Pick<ScanReport['capabilities'], 'declared' | 'observed'> {
  return { declared, observed: report?.capabilities.observed ?? declared };
}

function changedCommands(before: Manifest, now: Manifest): string[] {
  return Object.entries(now.commands)
    .filter(([name, command]) => {
      const old = before.commands[name];
      return old === undefined || canonicalJson(old) !== canonicalJson(command);
    })
    .map(([name]) => name);
}

async function hasApproved({ db }: Registry, { name, publisher }: VersionRow): Promise<boolean> {
  const found = await db.read
    .select({ id: versions.id })
    .from(versions)
    .where(
      and(
        eq(versions.name, name),
        eq(versions.publisher, publisher),
        eq(versions.status, 'approved'),
      ),
    )
    .limit(1);
  return found.length > 0;
}
