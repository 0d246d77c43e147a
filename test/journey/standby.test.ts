import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { claimScope, makeSkill, publish, type Send } from '../registry/road.ts';
import { isBuilt, programPath } from '../servers/programs.ts';
import { makeStage, type Serving } from './processes.ts';

/** docs/registry-reference.md, "A standby with Litestream". */
describe('a registry that Litestream copies', () => {
  const stage = makeStage();
  const at = (...path: string[]): string => join(stage.folder, ...path);
  const trust = makeRoot();
  const author = makeKey();
  let serving: Serving;
  let copying: ChildProcess | undefined;
  const send: Send = (path, init) => fetch(`${serving.base}${path}`, init);
  const head = async () => parseCheckpoint(await (await send('/log/checkpoint')).text());
  const kill = async (child: ChildProcess): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const restoreDatabase = (to: string): number => {
    rmSync(to, { force: true });
    const args = ['restore', '-config', at('litestream.yml'), '-o', to, at('data/registry.sqlite')];
    const { status } = spawnSync(programPath('litestream'), args);
    if (status !== 0) return -1;
    const db = new BetterSqlite3(to, { readonly: true });
    try {
      return db.prepare('SELECT count(*) FROM log').pluck().get() as number;
    } finally {
      db.close();
    }
  };
  afterAll(async () => {
    copying?.kill('SIGKILL');
    await stage.close();
  });

  it.skipIf(!isBuilt('litestream'))(
    'loses no statement since its last backup when its machine dies',
    async () => {
      mkdirSync(at('data'));
      writeFileSync(at('data/root.json'), JSON.stringify(trust.root));
      const keys = JSON.stringify({ schema: 'skillgate.registry-keys/1', ...trust.texts });
      for (const path of ['data/keys.json', 'safe.json'])
        writeFileSync(at(path), keys, { mode: 0o600 });
      writeFileSync(
        at('litestream.yml'),
        `dbs:\n  - path: ${at('data/registry.sqlite')}\n    replicas:\n      - path: ${at('copies')}\n`,
      );
      serving = await stage.serve('operator', 'data', '--no-scanner', '--port', '0');
      await claimScope(send, 'acme', author);
      await publish(send, makeSkill('@acme/report', '1.0.0'), author);
      await stage.json('operator', 'registry', 'backup', 'data', 'backup');
      copying = spawn(programPath('litestream'), ['replicate', '-config', at('litestream.yml')], {
        stdio: 'ignore',
      });

      const made = makeSkill('@acme/report', '1.1.0');
      expect((await publish(send, made, author)).status).toBe(201);
      cpSync(at('data/objects/stored'), at('backup/objects/stored'), { recursive: true });
      const { size, root } = await head();
      await expect.poll(() => restoreDatabase(at('copy.sqlite'))).toBe(size);
      await kill(serving.process);
      await kill(copying);
      cpSync(at('data'), at('lost'), { recursive: true });
      // Litestream restores to the path that the database had.
      expect(restoreDatabase(at('backup/registry.sqlite'))).toBe(size);
      rmSync(at('data'), { recursive: true });

      const restore = ['registry', 'restore', 'backup', 'data', '--keys', 'safe.json'];
      expect(await stage.json('operator', ...restore, '--unwitnessed')).toMatchObject({
        logSize: size,
        damaged: [],
        missing: [],
      });
      serving = await stage.serve('operator', 'data', '--no-scanner', '--port', '0');
      expect(await head()).toMatchObject({ size, root });
      const version = await send('/api/v1/versions/@acme/report/1.1.0');
      expect(await version.json()).toMatchObject({ version: '1.1.0' });
    },
  );
});
