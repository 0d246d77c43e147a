import { skills } from '../../../registry/catalogue/plugin-packages.ts';
import { idOfVersion } from '../../../registry/store/columns/digest-column.ts';
import { versions } from '../../../registry/store/schema.ts';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import type { Staffed } from '../world.ts';

/** Behind the ids of versions that a test publishes. */
const firstId = 100_000;

/** Adds skills that are in lists alone: rows without statements and bundles, in little time. */
export async function addListedSkills({ registry }: Staffed, names: readonly string[]) {
  const version = parseVersion('1.0.0');
  await registry.db.batch(
    names.map(parseSkillName).flatMap((name, at) => {
      const id = idOfVersion(firstId + at);
      return [
        (db) =>
          db.insert(versions).values({
            id,
            name,
            version,
            publisher: digestOf('x'),
            createdAt: 1,
            bundle: digestOf(name),
            status: 'approved',
            move: 1,
            bytes: 0,
          }),
        (db) =>
          db.insert(skills).values({
            name,
            versionId: id,
            description: 'x',
            capabilities: noCapabilities,
            offeredSince: 1,
          }),
      ];
    }),
  );
}
