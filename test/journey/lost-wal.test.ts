import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningRegistry, startRegistry } from '../../registry/serve.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { call, claimScope, type Send } from '../registry/road.ts';
import { makeDataFolder } from './registry-data.ts';

/**
 * SQLite reads a write-ahead log up to the first damaged frame and drops the rest without a word.
 */
describe('a registry that was killed with commits in its write-ahead log', () => {
  const trust = makeRoot();
  let dir: string;
  let crashed: string;
  let size = 0;
  let running: RunningRegistry | undefined;
  const said: string[] = [];
  const send: Send = (path, init) => fetch(`${running?.base}${path}`, init);
  const wal = (): string => join(dir, 'registry.sqlite-wal');
  const status = (): string => join(dir, 'objects/public/index/status.json');
  const start = async (): Promise<void> => {
    said.length = 0;
    running = await startRegistry({ dir, port: 0, log: (line) => said.push(line) });
  };
  const logSize = async (): Promise<number> =>
    parseCheckpoint(await (await send('/log/checkpoint')).text()).size;

  beforeAll(async () => {
    dir = await makeDataFolder(trust);
    crashed = `${dir}-crashed`;
    await start();
    for (let i = 0; i < 5; i++)
      expect((await claimScope(send, `early-${i}`, makeKey())).status).toBe(201);
    await send('/index/status.json');
    await running?.close();
    running = undefined;
    size = await claimInKilledProcess(dir);
    expect(existsSync(wal())).toBe(true);
    cpSync(dir, crashed, { recursive: true });
  });
  afterEach(async () => {
    await running?.close();
    running = undefined;
    rmSync(dir, { recursive: true });
    cpSync(crashed, dir, { recursive: true });
  });
  afterAll(() => {
    for (const folder of [dir, crashed]) rmSync(folder, { recursive: true });
  });

  it.each<[string, () => void]>([
    ['is gone', () => rmSync(wal())],
    ['is cut', () => truncateSync(wal(), 5_000)],
    ['is noise', () => writeFileSync(wal(), Buffer.alloc(8_000, 0xa5))],
    ['has one other bit in its first frame', () => flipBit(wal(), 1_000)],
  ])('signs no second history when the write-ahead log %s', async (_, damage) => {
    damage();
    const signed = readFileSync(status(), 'utf8');
    await start();
    const here = await logSize();
    expect(here).toBeLessThan(size);
    expect(said.join('\n')).toContain(
      `ALARM: objects/public/index/status.json shows ${size} entries`,
    );
    expect(await call(send, '/readyz')).toMatchObject({
      status: 503,
      body: { ok: false, behind: { size, here } },
    });
    expect(await claimScope(send, 'second', makeKey())).toMatchObject({
      status: 409,
      body: { code: 'log-behind' },
    });
    await send('/index/status.json');
    expect(await logSize()).toBe(here);
    // The evidence stays until the copy that it asks for is back.
    expect(readFileSync(status(), 'utf8')).toBe(signed);
  });

  it('refuses a log of the same size with other entries', async () => {
    const signed = readFileSync(status());
    rmSync(wal());
    // As a version without this check went on: the status of the lost log is put back afterwards.
    rmSync(status());
    await start();
    while ((await logSize()) < size + 1)
      await claimScope(send, `other-${await logSize()}`, makeKey());
    await running?.close();
    writeFileSync(status(), signed);
    await start();
    expect(said.join('\n')).toContain('other entries in the place of these');
    expect(await claimScope(send, 'third', makeKey())).toMatchObject({
      status: 409,
      body: { code: 'log-behind' },
    });
  });

  it('goes on when the write-ahead log is whole', async () => {
    await start();
    expect(await logSize()).toBe(size);
    expect(said.join('\n')).not.toMatch(/ALARM|warning/);
    expect((await send('/readyz')).status).toBe(200);
    expect((await claimScope(send, 'next', makeKey())).status).toBe(201);
  });

  it('goes on when the copy that was signed is brought back', async () => {
    rmSync(wal());
    await start();
    await running?.close();
    for (const end of ['', '-wal', '-shm'])
      rmSync(`${join(dir, 'registry.sqlite')}${end}`, { force: true });
    for (const end of ['', '-wal'])
      cpSync(join(crashed, `registry.sqlite${end}`), join(dir, `registry.sqlite${end}`));
    await start();
    expect(await logSize()).toBe(size);
    expect((await claimScope(send, 'back', makeKey())).status).toBe(201);
  });

  it.each<[string, () => void]>([
    ['without its objects', () => rmSync(join(dir, 'objects'), { recursive: true })],
    ['with a damaged status', () => writeFileSync(status(), '{')],
  ])(
    'says that nothing shows what an older database lost when it is restored %s',
    async (_, damage) => {
      rmSync(wal());
      damage();
      await start();
      expect(said.join('\n')).toContain(
        'the registry cannot tell whether the database lost the end of its log',
      );
      expect((await send('/readyz')).status).toBe(200);
      expect((await claimScope(send, 'restored', makeKey())).status).toBe(201);
    },
  );
});

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

/** @returns the size of the log when the process was killed */
async function claimInKilledProcess(dir: string): Promise<number> {
  const script = fileURLToPath(new URL('registry-process.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('no output');
  const [base] = await once(createInterface(child.stdout), 'line');
  const send: Send = (path, init) => fetch(`${base}${path}`, init);
  for (let i = 0; i < 3; i++)
    expect((await claimScope(send, `late-${i}`, makeKey())).status).toBe(201);
  await send('/index/status.json');
  const { size } = parseCheckpoint(await (await send('/log/checkpoint')).text());
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  return size;
}
