import type { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { audit } from '../store/schema.ts';

/** Notes a refused upload in the audit log. @param by who sent it, in words */
export async function recordRefusal(
  registry: Registry,
  problem: Problem,
  by: string,
): Promise<void> {
  const why = `${problem.code}: ${problem.message}`.slice(0, 1_000);
  await registry.db.batch([
    (db) =>
      db.insert(audit).values({
        at: registry.now().getTime(),
        kind: 'refused-intake',
        by,
        why,
      }),
  ]);
}
