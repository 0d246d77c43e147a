/** Where a version came from (repository, other registry, upload), as its publisher signed it. */
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { originIn, type VersionOrigin } from '../../skills-index/statement/source.ts';
import type { Registry } from '../context.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { statementsOf } from './manifests.ts';
import type { VersionRow } from './versions.ts';

/** Empty for a version without provenance, and for provenance of another tool. */
export async function originOf(registry: Registry, version: VersionRow): Promise<VersionOrigin> {
  const [row] = await statementsOf(registry, version.id, predicateTypes.provenance);
  const statement = row === undefined ? undefined : await readStatement(registry, row);
  if (statement?.predicateType !== predicateTypes.provenance) return {};
  return originIn(statement.predicate);
}
