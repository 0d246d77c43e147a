/** A request ends before it has written the index file, and the shell writes the file later. */
import { expect } from 'vitest';
import { indexFileName } from '../../../registry/index/index-file.ts';
import { makeSkill } from '../road.ts';
import type { Cast } from './cast.ts';
import { judge, readLine } from './read-line.ts';

export async function walkInterruption(cast: Cast): Promise<void> {
  const skill = makeSkill('@acme/interrupted', '1.0.0');
  expect((await cast.release(skill)).status).toBe(201);
  const { name } = skill.manifest;
  await cast.finish({
    sql: `UPDATE index_lines SET written = 0 WHERE name = '${name}'`,
    object: indexFileName(name),
  });
  const line = await readLine(cast.send, skill);
  expect(await judge(cast, skill, line)).toMatchObject({ kind: 'admitted' });
  expect((await cast.send('/readyz')).status).toBe(200);
}
