import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guard } from '../built-program.ts';
import { isWhole } from '../sample.ts';
import { noteOf, shared, submissionOf, watched } from '../skills-index/two-histories.ts';

/** Two histories of one log race for every size, while the witness is killed again and again. */
describe('a witness that is killed in the middle of cosigning', () => {
  const logLine = `${watched.origin}=${Buffer.from(watched.key).toString('base64')}`;
  let dir: string;
  let child: ChildProcess;
  let base = '';
  const start = async (): Promise<void> => {
    const argv = [
      'witness',
      'serve',
      '--data',
      dir,
      '--log',
      logLine,
      '--listen',
      '127.0.0.1:0',
      '--format',
      'json',
      '--name',
      'one.example/w',
    ];
    child = spawn(process.execPath, [guard, ...argv], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, SKILLGATE_HOME: dir },
    });
    if (child.stdout === null) throw new Error('no output');
    const [line] = await once(createInterface(child.stdout), 'line');
    base = JSON.parse(String(line)).base;
  };
  const kill = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const send = async (
    old: number,
    size: number,
    history: string,
  ): Promise<{ status: number; body: string }> => {
    const response = await fetch(`${base}/add-checkpoint`, {
      method: 'POST',
      body: await submissionOf(old, size, history),
    });
    return { status: response.status, body: await response.text() };
  };
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'skillgate-witness-'));
    await start();
  });
  afterAll(async () => {
    await kill();
    await rm(dir, { recursive: true });
  });

  it('has cosigned one history only, and remembers every head for which it gave a line', async () => {
    const given: { readonly size: number; readonly history: string }[] = [];
    const race = async (old: number, size: number, history: string): Promise<void> => {
      expect((await send(old, size, history)).status).toBe(200);
      given.push({ size, history });
    };
    await race(0, shared, 'a');
    let size = shared;
    for (let round = 0; round < (isWhole ? 10 : 4); round++) {
      // Which of the two comes first is left to the machine; both are proven from the same head.
      const racing = ['a', 'b'].flatMap((history) =>
        [1, 2, 3].map((more) => race(size, size + more, history)),
      );
      // Now with the first cosignature, now before it.
      const first = Promise.any(racing).catch(() => undefined);
      await (round % 2 === 0 ? first : new Promise((resolve) => setTimeout(resolve, round)));
      await kill();
      await Promise.allSettled(racing);
      await start();
      // The other history is found out sooner or later. A person takes the stop away, and it goes
      // on.
      for (const file of await readdir(dir, { recursive: true }))
        if (file.endsWith('stopped.json')) await rm(join(dir, file));
      const kept = Number((await send(0, 1, 'a')).body);
      expect(kept).toBeGreaterThanOrEqual(Math.max(...given.map((one) => one.size)));
      size = kept;
    }
    const apart = given.filter((one) => one.size > shared);
    expect(apart.length).toBeGreaterThan(0);
    expect(new Set(apart.map((one) => one.history)).size).toBeLessThanOrEqual(1);
    const parts = (await fetch(`${base}/`).then((response) => response.json())) as {
      logs: { size: number; root: string }[];
    };
    const [head] = parts.logs;
    const histories = await Promise.all(
      ['a', 'b'].map((history) => noteOf(head?.size ?? 0, history)),
    );
    const kept = ['a', 'b'].filter((_, at) => histories[at]?.split('\n')[2] === head?.root);
    for (const one of apart) expect(kept).toContain(one.history);
  });
});
