import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobs, log, statements, versions } from '../../registry/store/schema.ts';
import { openSqlite } from '../../registry/store/sqlite.ts';
import { verifyCheckpoint } from '../../skills-index/log/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  rangeRoot,
} from '../../skills-index/log/compact-range.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { call, claimScope, makeSkill, publish, type Send } from '../registry/road.ts';

describe('a registry that is killed in the middle of publications', () => {
  const trust = makeRoot();
  const author = makeKey();
  let dir: string;
  let child: ChildProcess;
  let base = '';
  const send: Send = (path, init) => fetch(`${base}${path}`, init);

  const start = async (): Promise<void> => {
    const script = fileURLToPath(new URL('registry-process.ts', import.meta.url));
    child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout === null) throw new Error('no output');
    const [line] = await once(createInterface(child.stdout), 'line');
    base = String(line);
  };
  const kill = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'skillgate-kill-'));
    await writeFile(join(dir, 'root.json'), canonicalJson(trust.root));
    await writeFile(
      join(dir, 'keys.json'),
      JSON.stringify({ schema: 'skillgate.registry-keys/1', ...trust.texts }),
      {
        mode: 0o600,
      },
    );
    await start();
    expect((await claimScope(send, 'acme', author)).status).toBe(201);
  });
  afterAll(async () => {
    await kill();
    await rm(dir, { recursive: true });
  });

  it('has every publication that it acknowledged, whole, and a log that its checkpoint signs', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 4; round++) {
      const sending = Array.from({ length: 12 }, async (_, i) => {
        const version = `${round}.0.${i}`;
        const answer = await publish(send, makeSkill('@acme/killed', version), author).catch(
          () => undefined,
        );
        if (answer?.status === 201) acknowledged.push(version);
      });
      while (acknowledged.length < round * 3 + 2)
        await new Promise((resolve) => setTimeout(resolve, 1));
      await kill();
      await Promise.all(sending);
      await start();
    }
    const { body } = await call(send, '/api/v1/versions/@acme/killed');
    const kept = body.versions.map((one: { version: string }) => one.version);
    expect(kept).toEqual(expect.arrayContaining(acknowledged));
    const note = await (await send('/log/checkpoint')).text();
    const head = verifyCheckpoint(note, {
      origin: 'localhost',
      key: Buffer.from(trust.root.log.key, 'base64'),
    });

    const db = openSqlite(join(dir, 'registry.sqlite'));
    const entries = (await db.read.select().from(log)).sort((a, b) => a.index - b.index);
    const range = entries.reduce<CompactRange>(
      (before, entry) => appendLeaf(before, Buffer.from(entry.leafHash, 'base64')),
      emptyRange,
    );
    expect(head).toMatchObject({ size: range.size, root: rangeRoot(range) });
    expect(entries.map((entry) => entry.index)).toEqual(entries.map((_, i) => i));
    const rows = await db.read.select().from(versions);
    expect((await db.read.select().from(jobs)).map((job) => job.versionId).sort()).toEqual(
      rows.map((row) => row.id).sort(),
    );
    expect(
      (await db.read.select().from(statements)).filter((one) => one.versionId !== null),
    ).toHaveLength(rows.length);
    expect((await db.read.select().from(statements)).every((one) => one.bundle !== null)).toBe(
      true,
    );
    db.close();
  });
});
