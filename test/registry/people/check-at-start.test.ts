import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startRegistry } from '../../../registry/serve.ts';
import { makeDataFolder } from '../../journey/registry-data.ts';
import { makeKey, makeRoot } from '../people.ts';
import { claimScope } from '../road.ts';
import { expectAnswer } from '../steps.ts';

it('restores the index rows of statements after a start, and says so', async () => {
  const dir = await makeDataFolder(makeRoot());
  onTestFinished(() => rm(dir, { recursive: true }));
  const first = await startRegistry({ dir, port: 0 });
  const send = (path: string, init?: RequestInit) => fetch(`${first.base}${path}`, init);
  await expectAnswer(claimScope(send, 'acme', makeKey()), 201);
  await first.close();
  const client = new BetterSqlite3(join(dir, 'registry.sqlite'));
  const names = () => client.prepare('SELECT * FROM identity_names').all();
  const whole = names();
  client.exec('DROP TRIGGER identity_names_no_delete; DELETE FROM identity_names');
  const said: string[] = [];
  const second = await startRegistry({ dir, port: 0, log: (line) => said.push(line) });
  onTestFinished(() => second.close());
  await vi.waitFor(() => expect(names()).toEqual(whole));
  client.close();
  expect(whole).not.toEqual([]);
  expect(said).toContainEqual(expect.stringMatching(/^warning: Somebody deleted index rows/));
});
