import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RegistryOptions, startRegistry } from '../../../registry/serve.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { makeDataFolder } from '../../journey/registry-data.ts';
import { makeKey, makeRoot, type TestRoot } from '../people.ts';
import { claimScope, sendTo } from '../road.ts';

const token = 'r'.repeat(43);
const open = { schema: 'skillgate.readers/1', private: [], readers: [] };
const hidden = {
  ...open,
  private: ['acme'],
  readers: [{ name: 'agents', token: digestOf(token) }],
};
const webhook = (url: string) => ({
  schema: 'skillgate.notices/1',
  webhooks: [{ url, secret: `whsec_${Buffer.alloc(32).toString('base64')}` }],
});

describe('a running registry', () => {
  let trust: TestRoot;
  beforeAll(() => {
    trust = makeRoot();
  });

  async function start(options: Partial<RegistryOptions> = {}) {
    const dir = await makeDataFolder(trust);
    const lines: string[] = [];
    const write = (name: string, content: unknown) =>
      writeFileSync(
        join(dir, name),
        typeof content === 'string' ? content : JSON.stringify(content),
        { mode: 0o600 },
      );
    write('readers.json', open);
    const running = await startRegistry({
      dir,
      port: 0,
      postOutside: async () => ({ status: 200 }) as never,
      ...options,
      log: (line) => lines.push(line),
    });
    onTestFinished(async () => {
      await running.close();
      rmSync(dir, { recursive: true });
    });
    const send = sendTo(running);
    await claimScope(send, 'acme', makeKey());
    const seen = async (by?: string) => {
      const headers = by === undefined ? {} : { authorization: `Bearer ${by}` };
      const answer = await send('/api/v1/scopes/acme', { headers });
      return [answer.status, answer.headers.get('cache-control')];
    };
    return { ...running, dir, lines, write, seen };
  }

  it('hides a scope and shows it again when readers.json says so', async () => {
    const { reload, write, seen, lines } = await start();
    expect((await seen())[0]).toBe(200);
    write('readers.json', hidden);
    expect((await seen())[0]).toBe(200);
    await reload();
    expect(await seen()).toEqual([404, expect.stringMatching(/private|no-store/)]);
    expect((await seen(token))[0]).toBe(200);
    expect(lines).toEqual([expect.stringMatching(/uses .*readers\.json as it is now/)]);
    write('readers.json', open);
    await reload();
    expect((await seen())[0]).toBe(200);
  });

  it.each([
    [
      'is cut off',
      (path: string) => writeFileSync(path, '{"schema":"skillgate.readers/1","private":['),
    ],
    [
      'has a typing error',
      (path: string) => writeFileSync(path, JSON.stringify({ ...open, privat: ['acme'] })),
    ],
    ['is gone', (path: string) => renameSync(path, `${path}.away`)],
    [
      'is a folder',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('goes on hiding a scope while readers.json %s, and says why', async (_, spoil) => {
    const { reload, write, seen, lines, dir } = await start();
    write('readers.json', hidden);
    await reload();
    lines.length = 0;
    spoil(join(dir, 'readers.json'));
    await reload();
    expect((await seen())[0]).toBe(404);
    expect(lines).toEqual([
      expect.stringMatching(/^warning: the readers settings before stay in use: .*readers\.json/),
    ]);
  });

  it('takes new quotas, retention, reporters and recipients, each by itself', async () => {
    const { reload, write, registry, lines } = await start();
    write('quotas.json', { versionsPerDay: 7 });
    write('retention.json', { refusedDays: 30 });
    write('notices.json', webhook('https://hooks.acme.example/one'));
    await reload();
    const { quotas, retention, notices } = registry;
    expect([quotas, retention]).toEqual([{ versionsPerDay: 7 }, { refusedDays: 30 }]);
    expect(notices?.recipients).toHaveLength(1);
    write('quotas.json', { versionsPerDay: 'seven' });
    write('notices.json', webhook('http://hooks.acme.example/one'));
    write('retention.json', { refusedDays: 60 });
    lines.length = 0;
    await reload();
    expect([registry.quotas, registry.retention]).toEqual([quotas, { refusedDays: 60 }]);
    expect(registry.notices).toBe(notices);
    expect(lines.filter((line) => line.startsWith('warning: '))).toEqual([
      expect.stringContaining('the quotas settings before stay in use'),
      expect.stringContaining('the notices settings before stay in use'),
    ]);
  });

  it('reads the files again that its settings name', async () => {
    const dir = await makeDataFolder(trust);
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const quotas = join(dir, 'other-quotas.json');
    await expect(start({ quotas })).rejects.toThrow('other-quotas.json');
    writeFileSync(quotas, '{"versionsPerDay":1}');
    const { reload, registry, lines } = await start({ quotas });
    expect(registry.quotas).toEqual({ versionsPerDay: 1 });
    writeFileSync(quotas, '{"versionsPerDay":2}');
    await reload();
    expect(registry.quotas).toEqual({ versionsPerDay: 2 });
    rmSync(quotas);
    await reload();
    expect(registry.quotas).toEqual({ versionsPerDay: 2 });
    expect(lines.at(-1)).toContain('the quotas settings before stay in use');
  });
});
