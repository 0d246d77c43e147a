/**
 * Compares the sentences for an agent in a version with those in the last approved version.
 * Scanners report the sentences.
 */
import { and, desc, eq, isNotNull, lt } from 'drizzle-orm';
import { type Capability, printCapability } from '../../skills-index/skill/capability.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { addedCapabilities } from '../../skills-index/statement/added-capabilities.ts';
import { isProseOf, type Prose, parseProse } from '../../skills-index/statement/prose.ts';
import { type ProseChange, proseChange } from '../../skills-index/statement/prose-change.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { scanReportValuesMax } from '../../skills-index/statement/scan-report.ts';
import type { Registry } from '../context.ts';
import { requireBlob } from '../store/blobs.ts';
import { scans, versions } from '../store/schema.ts';
import { filesOf, manifestOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import { readVisible, visibleColumns } from '../versions/visible-versions.ts';
import { reportOf } from './approvals.ts';

/** Approved versions among which the last one that is shown as approved is looked for. */
const approvedLookedAtMax = 100;

export type ProseSince =
  /** No version was approved before: every sentence is new. */
  | { readonly kind: 'first' }
  /** No scanner reported the sentences of both versions, so the difference is unknown. */
  | { readonly kind: 'untold'; readonly since: Version }
  | {
      readonly kind: 'told';
      readonly since: Version;
      readonly change: ProseChange;
      /** Sentences of this version that were not compared. */
      readonly left: number;
    };

/**
 * The blob of the sentences that a scanner reported.
 * @returns undefined when the scanner reported none
 * @throws Problem `statement-invalid`, `subject-mismatch` when they are about other files
 */
export async function proseBlob(
  registry: Registry,
  row: VersionRow,
  reported: unknown,
): Promise<Uint8Array | undefined> {
  if (reported === undefined) return undefined;
  const prose = parseProse(reported);
  if (!isProseOf(prose, await filesOf(registry, row)))
    throw new Problem(
      'subject-mismatch',
      'Cannot accept the report: its prose names files that the bundle does not have',
    );
  return Buffer.from(canonicalJson(prose));
}

/** The last version that was approved before this one, and still is. */
export async function previousApproved(
  registry: Registry,
  row: VersionRow,
): Promise<VersionRow | undefined> {
  let before = row.logIndex;
  for (let looked = 0; looked < approvedLookedAtMax; looked++) {
    const [previous] = await readVisible(registry, () =>
      registry.db.read
        .select(visibleColumns)
        .from(versions)
        .where(
          and(
            eq(versions.name, row.name),
            lt(versions.logIndex, before),
            eq(versions.status, 'approved'),
          ),
        )
        .orderBy(desc(versions.logIndex))
        .limit(1),
    );
    // The next row is read only where a stop of the publisher has not reached this one.
    if (previous === undefined || previous.status === 'approved') return previous;
    before = previous.logIndex;
  }
  return undefined;
}

/** The sentences that a scanner reported of a version; undefined when none did. */
export async function readProse(
  registry: Registry,
  row: VersionRow,
): Promise<StoredProse | undefined> {
  const digest = await proseDigest(registry, row);
  if (digest === undefined) return undefined;
  const bytes = await requireBlob(registry, digest);
  return { digest, prose: parseProse(parseJson(bytes, 'the prose', scanReportValuesMax).value) };
}

interface StoredProse {
  readonly digest: Digest;
  readonly prose: Prose;
}

/**
 * Compares a version's sentences with those of the last approved version before it.
 * @param now from `readProse`
 * @param previous the row of `previousApproved`
 */
export async function proseSince(
  registry: Registry,
  now: StoredProse | undefined,
  previous: VersionRow | undefined,
): Promise<ProseSince> {
  if (previous === undefined) return { kind: 'first' };
  const { version: since } = previous;
  const before = now === undefined ? undefined : await readProse(registry, previous);
  if (before === undefined || now === undefined) return { kind: 'untold', since };
  const change = proseChange([before.prose], now.prose);
  return { kind: 'told', since, change, left: now.prose.left };
}

// The newest report with sentences: older scanners report none.
async function proseDigest({ db }: Registry, { id }: VersionRow): Promise<Digest | undefined> {
  const [scan] = await db.read
    .select({ prose: scans.prose })
    .from(scans)
    .where(and(eq(scans.versionId, id), isNotNull(scans.prose)))
    .orderBy(desc(scans.logIndex))
    .limit(1);
  return scan?.prose ?? undefined;
}

// Compares what a version may do with what the last approved version could do. A new host, secret
// or program, a changed command and another publisher deserve a look even where each is harmless:
// an attacker who takes over a known skill needs only one of them.

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
