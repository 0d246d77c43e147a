/** Lines in the index without publications: a row of a line, and the row of its version. */
import type { BatchWrite } from '../../../registry/store/batch.ts';
import { type indexLines, versions } from '../../../registry/store/schema.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';

type Line = typeof indexLines.$inferInsert;

export function lineRow(line: Pick<Line, 'logIndex' | 'name' | 'versionId'>, text: string): Line {
  return { ...line, line: JSON.stringify([text, []]), written: 0 };
}

export function versionWrite(
  { name, versionId, logIndex }: Pick<Line, 'logIndex' | 'name' | 'versionId'>,
  version: string,
): BatchWrite {
  const values = {
    id: versionId,
    name,
    version: parseVersion(version),
    bundle: digestOf(`${name}@${version}`),
    publisher: digestOf('publisher'),
    status: 'approved',
    move: 1,
    createdAt: 0,
    logIndex,
    bytes: 0,
  } as const;
  return (db) => db.insert(versions).values(values);
}
