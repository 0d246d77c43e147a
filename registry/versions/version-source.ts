/** The repository that a version came from, as its publisher signed it. */
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { sourceIn, type VersionSource } from '../../skills-index/statement/source.ts';
import type { Registry } from '../context.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { statementsOf } from './manifests.ts';
import type { VersionRow } from './versions.ts';

/** Undefined for a version without provenance, and for provenance of another tool. */
export async function sourceOf(
  registry: Registry,
  version: VersionRow,
): Promise<VersionSource | undefined> {
  const [row] = await statementsOf(registry, version.id, predicateTypes.provenance);
  const statement = row === undefined ? undefined : await readStatement(registry, row);
  if (statement?.predicateType !== predicateTypes.provenance) return undefined;
  return sourceIn(statement.predicate);
}
