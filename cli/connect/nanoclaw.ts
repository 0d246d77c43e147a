/**
 * NanoClaw keeps the configuration of each group’s container in its database, and writes it out at
 * every start. `skills: []` gives a container none of the folders of `container/skills`. That
 * folder is mounted read-only into all containers, so a socket in it reaches `skillgate mcp` on the
 * host, and nothing of Skillgate has to be in the container.
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type ConnectWorld,
  changed,
  requireOwnFolders,
  type Target,
  type TextDocument,
} from './document.ts';
import { unusable } from './entry.ts';
import type { Written } from './record.ts';

type Row = NonNullable<Written['row']>;

const socket = '/app/skills/.skillgate.sock';

// Node is in NanoClaw’s image.
const bridge =
  "const s=require('node:net').connect(process.argv[1]);process.stdin.pipe(s).pipe(process.stdout);s.on('error',e=>{console.error('skillgate mcp does not run on the host: '+e.message);process.exit(1)})";

const instructions =
  'Skills come from the MCP server skillgate alone: skills_search finds a skill, skill_open shows it, skill_run runs it in a sandbox outside of this container.';

export function nanoclawTargets({ folder }: ConnectWorld): readonly Target[] {
  const database = join(folder, 'data/v2.db');
  if (!existsSync(database))
    throw new Problem('usage', `${folder} is no folder of NanoClaw: it has no data/v2.db`, {
      hint: 'skillgate connect nanoclaw FOLDER; NanoClaw makes the file when it starts',
    });
  const groups = withDatabase(database, (db) =>
    db.prepare('SELECT agent_group_id AS id FROM container_configs ORDER BY id').all(),
  ) as readonly { id: string }[];
  if (groups.length === 0) throw new Problem('usage', `${folder} has no group of NanoClaw yet`);
  const target = (row: Row, entry: Target['entries'][number]): Target => ({
    document: rowDocument(database, row),
    format: 'jsonc',
    row,
    entries: [entry],
  });
  return groups.flatMap(({ id: group }) => [
    target(
      { group, column: 'mcp_servers' },
      {
        at: ['skillgate'],
        value: { command: 'node', args: ['-e', bridge, socket], instructions },
      },
    ),
    target({ group, column: 'skills' }, { at: [], value: [] }),
  ]);
}

/** One text of a group’s configuration. */
export function rowDocument(database: string, { group, column }: Row): TextDocument {
  const title = database;
  if (column !== 'skills' && column !== 'mcp_servers') throw unusable(title, `it has no ${column}`);
  return {
    title: `${database}: ${group} ${column}`,
    read: async () => {
      if (!existsSync(database)) return undefined;
      return withDatabase(database, (db) => {
        const found: unknown = db
          .prepare(`SELECT ${column} FROM container_configs WHERE agent_group_id = ?`)
          .pluck()
          .get(group);
        return typeof found === 'string' ? found : undefined;
      });
    },
    write: async (after, before) =>
      withDatabase(database, (db) => {
        const { changes } = db
          .prepare(
            `UPDATE container_configs SET ${column} = ?, updated_at = ? WHERE agent_group_id = ? AND ${column} = ?`,
          )
          .run(after, new Date().toISOString(), group, before);
        if (changes !== 1) throw changed(title);
      }),
  };
}

function withDatabase<Result>(path: string, act: (db: BetterSqlite3.Database) => Result): Result {
  const real = realpathSync(path);
  requireOwnFolders(path, dirname(real));
  const db = new BetterSqlite3(real, { fileMustExist: true });
  try {
    return act(db);
  } catch (cause) {
    if (!(cause instanceof BetterSqlite3.SqliteError)) throw cause;
    throw unusable(path, cause.message);
  } finally {
    db.close();
  }
}
