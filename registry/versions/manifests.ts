/** The manifest and description of a version, from its publication statement and its files. */
import { and, eq } from 'drizzle-orm';
import { parseSkillMd, type SkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import type { BundleFile } from '../../skills-index/skill/bundle.ts';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type PublishPredicate, predicateTypes } from '../../skills-index/statement/attestation.ts';
import type { Registry } from '../context.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { requireBlob } from '../store/blobs.ts';
import { statements } from '../store/schema.ts';
import type { VersionRow } from './versions.ts';

export type StatementRow = typeof statements.$inferSelect;

/** The rows of the statements about a version, in log order. `readStatement` reads a statement. */
export async function statementsOf(
  registry: Registry,
  versionId: string,
  predicateType?: string,
): Promise<StatementRow[]> {
  const rows = await registry.db.read
    .select()
    .from(statements)
    .where(
      and(
        eq(statements.versionId, versionId),
        predicateType === undefined ? undefined : eq(statements.predicateType, predicateType),
      ),
    );
  // Few rows: an index in this order, beside that over the types, would take more room.
  return rows.sort((a, b) => a.logIndex - b.logIndex);
}

/** The manifest that the author signed. */
export async function manifestOf(
  registry: Registry,
  version: VersionRow,
  signed?: readonly StatementRow[],
): Promise<Manifest> {
  return (await publicationOf(registry, version, signed)).manifest;
}

/**
 * The publication statement of the version.
 * @param signed the statements of the version, where they are read already
 */
export async function publicationOf(
  registry: Registry,
  version: VersionRow,
  signed?: readonly StatementRow[],
): Promise<PublishPredicate> {
  const row = (signed ?? (await statementsOf(registry, version.id, predicateTypes.publish))).find(
    ({ predicateType }) => predicateType === predicateTypes.publish,
  );
  const statement = row === undefined ? undefined : await readStatement(registry, row);
  if (statement?.predicateType !== predicateTypes.publish)
    throw new Problem('internal', `${version.name} has no publication`);
  return statement.predicate;
}

/** The files of a version. */
export async function filesOf(
  registry: Registry,
  version: Pick<VersionRow, 'bundle'>,
): Promise<readonly BundleFile[]> {
  return parseBundle(await requireBlob(registry, version.bundle)).bundle.files;
}

/** The parsed SKILL.md. */
export async function skillMdOf(
  registry: Registry,
  files: readonly BundleFile[],
): Promise<SkillMd> {
  const file = files.find(({ path }) => path === 'SKILL.md');
  if (file === undefined) throw new Problem('internal', 'A stored bundle has no SKILL.md');
  return parseSkillMd(await requireBlob(registry, file.sha256));
}

/** The address of a finished statement's Sigstore bundle. */
export function addressOf(row: StatementRow): Digest {
  if (row.bundle === null)
    throw new Problem('internal', `Statement ${row.logIndex} has no address`);
  return row.bundle;
}
