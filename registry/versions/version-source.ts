/** The repository or the other registry that a version came from, as its publisher signed it. */
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { mirroredIn, sourceIn, type VersionOrigin } from '../../skills-index/statement/source.ts';
import type { Registry } from '../context.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { statementsOf } from './manifests.ts';
import type { VersionRow } from './versions.ts';

/** Empty for a version without provenance, and for provenance of another tool. */
export async function originOf(registry: Registry, version: VersionRow): Promise<VersionOrigin> {
  const [row] = await statementsOf(registry, version.id, predicateTypes.provenance);
  const statement = row === undefined ? undefined : await readStatement(registry, row);
  if (statement?.predicateType !== predicateTypes.provenance) return {};
  const source = sourceIn(statement.predicate);
  if (source !== undefined) return { source };
  const mirrored = mirroredIn(statement.predicate);
  return mirrored === undefined ? {} : { mirrored };
}
