/** Says what the retention rules would delete now. Nothing is written, and a registry may serve. */
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type DueVersion,
  dueVersions,
  type RetentionRule,
  rulesOf,
  sumOfDue,
} from '../retention/due-files.ts';
import type { RetentionRules } from '../retention/retention-rules.ts';
import { readRetention } from './live-settings.ts';

export interface DueOfRule extends RetentionRule {
  /** How many versions lose their files. */
  readonly versions: number;
  readonly bytes: number;
  /** The first of them. */
  readonly first: readonly DueVersion[];
}

/**
 * @param rules `retention.json` of the folder by default
 * @param limit versions that are listed for each rule
 * @throws Problem `file-not-found`, `json-invalid`
 */
export async function lookAtRetention(
  dir: string,
  {
    rules,
    now,
    limit,
  }: { readonly rules: RetentionRules | undefined; readonly now: Date; readonly limit: number },
): Promise<readonly DueOfRule[]> {
  const path = join(dir, 'registry.sqlite');
  const client = openToRead(path);
  try {
    const found: DueOfRule[] = [];
    const read = drizzle(client);
    for (const rule of rulesOf(rules ?? (await readRetention(dir)))) {
      const sum = await sumOfDue({ read }, rule, now);
      found.push({ ...rule, ...sum, first: await dueVersions({ read }, rule, { now, limit }) });
    }
    return found;
  } finally {
    client.close();
  }
}

function openToRead(path: string): BetterSqlite3.Database {
  try {
    return new BetterSqlite3(path, { readonly: true, fileMustExist: true });
  } catch (cause) {
    throw new Problem('file-not-found', `Cannot read the database ${path}`, {
      hint: 'name the data folder of a registry that was served once',
      cause,
    });
  }
}
