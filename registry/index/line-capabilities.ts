/** The approved capabilities of versions, as the lines of the index have them. */
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { parseIndexFile } from '../../skills-index/trust/index-files/index-line.ts';
import type { Registry } from '../context.ts';
import { isAmong } from '../store/batch.ts';
import { indexLines } from '../store/schema.ts';
import type { VersionRow } from '../versions/versions.ts';
import { readLinesAt } from './index-rows.ts';

/** By the ids of the versions. A version that is not in the index yet is left out. */
export async function capabilitiesInIndex(
  registry: Registry,
  name: SkillName,
  rows: readonly Pick<VersionRow, 'id'>[],
): Promise<ReadonlyMap<string, Capabilities>> {
  const ids = rows.map(({ id }) => id);
  const found = await registry.db.read
    .select({ logIndex: indexLines.logIndex, versionId: indexLines.versionId })
    .from(indexLines)
    .where(isAmong(indexLines.versionId, ids));
  const versions = new Map(found.map(({ logIndex, versionId }) => [logIndex, versionId]));
  const lines = await readLinesAt(registry, [...versions.keys()]);
  return new Map(
    lines.flatMap(({ logIndex, text }) => {
      const [line] = parseIndexFile(Buffer.from(text), name);
      const id = versions.get(logIndex);
      return line === undefined || id === undefined ? [] : [[id, line.capabilities] as const];
    }),
  );
}
