import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';

async function toolsOver(path: string): Promise<string[]> {
  const socket = connect(path);
  const lines = createInterface(socket)[Symbol.asyncIterator]();
  const call = async (
    id: number,
    method: string,
    params: object,
  ): Promise<{ result: { tools: { name: string }[] } }> => {
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return JSON.parse((await lines.next()).value ?? '');
  };
  const client = { name: 'test', version: '1' };
  await call(1, 'initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: client,
  });
  const { result } = await call(2, 'tools/list', {});
  socket.end();
  return result.tools.map(({ name }) => name);
}

it('skillgate mcp --socket serves this user’s clients, one server at a time', async () => {
  const home = folderWith();
  const path = join(home, 's.sock');
  const env = { HOME: home };
  const serve = (agent: string, signal?: AbortSignal) =>
    skill(['mcp', '--agent', agent, '--socket', 's.sock'], {
      cwd: home,
      env,
      ...(signal && { signal }),
    });
  expect((await serve('nobody')).stderr).toContain('agent-unknown');
  await skill(['agent', 'create', 'nanoclaw'], { env });
  const end = new AbortController();
  const served = serve('nanoclaw', end.signal);
  while (statSync(path, { throwIfNoEntry: false }) === undefined) await sleep(5);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  // One that says nothing, and one that says nonsense, do not stop the others.
  const silent = connect(path);
  connect(path).end('nonsense\n');
  const tools = ['skills_search', 'skill_open', 'skill_run'];
  expect(await Promise.all([toolsOver(path), toolsOver(path)])).toEqual([tools, tools]);
  expect((await serve('nanoclaw')).stderr).toContain('port-taken');
  end.abort();
  expect((await served).exit).toBe(130);
  if (!silent.destroyed) await once(silent, 'close');
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  // A server that was killed leaves its socket behind.
  const listens = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', listens]);
  expect(statSync(path).isSocket()).toBe(true);
  const next = new AbortController();
  const again = serve('nanoclaw', next.signal);
  while ((await toolsOver(path).catch(() => [])).length === 0) await sleep(5);
  next.abort();
  await again;
  writeFileSync(path, 'a file of a person');
  expect((await serve('nanoclaw')).stderr).toContain('port-taken');
});
