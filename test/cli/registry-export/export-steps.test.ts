/** What an export writes, in which order, and what it refuses to copy. */
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExportFolder } from '../../../cli/registry-export/export-state.ts';
import { makeKey } from '../../registry/people.ts';
import { claimScope } from '../../registry/road.ts';
import { makeReportSkill } from '../installer-world.ts';
import { type ExportStage, makeExportStage } from './export-world.ts';

let stage: ExportStage;
beforeEach(async () => {
  stage = await makeExportStage();
});
afterEach(() => {
  vi.restoreAllMocks();
  stage.close();
});

const version = (number: number, name = '@acme/report') =>
  makeReportSkill(name, { version: `1.0.${number}`, files: { 'n.md': `${number}\n` } });

/** Somebody claims a scope, which changes the map and all proofs. */
const changeMap = () => claimScope(stage.network.registry, 'other', makeKey());

/** Lets the nth write of the export fail. @returns the writes before, as `show index/status.json` */
function failWrite(nth: number): string[] {
  const writes: string[] = [];
  for (const method of ['put', 'show', 'showFolder'] as const) {
    const honest = ExportFolder.prototype[method];
    vi.spyOn(ExportFolder.prototype, method).mockImplementation(async function (
      this: ExportFolder,
      ...given: [string, Uint8Array]
    ) {
      if (writes.push(`${method} ${given[0]}`) === nth) throw new Error('the disk fails');
      await honest.apply(this, given);
    });
  }
  return writes;
}

describe('a second export', () => {
  it('writes what is new, and nothing else', async () => {
    await stage.release(version(1));
    await stage.release(version(1, '@acme/kept'));
    await stage.export();
    const inode = (path: string) => statSync(join(stage.folder, path)).ino;
    const before = new Map([...stage.files().keys()].map((path) => [path, inode(path)]));
    await stage.release(version(2));
    stage.asked.length = 0;
    const second = await stage.export();
    expect(JSON.parse(second.stdout)).toMatchObject({ versions: 1, entries: 4 });
    const rewritten = [...before.keys()].filter((path) => inode(path) !== before.get(path));
    expect(rewritten.filter((path) => !/^(tuf|log\/tile)\//.test(path)).sort()).toEqual([
      'export.json',
      'index/@acme/report',
      'index/root.json',
      'index/status.json',
      'log/checkpoint',
    ]);
    expect(stage.asked.filter((path) => path.includes('@acme/kept'))).toEqual([]);
  });

  it('after a change of the map brings the proofs of all versions', async () => {
    await stage.release(version(1));
    await stage.release(version(1, '@acme/kept'));
    await stage.export();
    await changeMap();
    expect(await stage.export()).toMatchObject({ exit: 0 });
    expect(stage.asked.filter((path) => path.startsWith('/proofs/@acme/kept'))).toHaveLength(2);
    expect(await stage.install('host', '@acme/kept')).toMatchObject({ exit: 0 });
  });

  it('of other scopes needs another folder', async () => {
    await stage.release(version(1));
    expect(await stage.export('--scope', 'acme')).toMatchObject({ exit: 0 });
    expect(await stage.export('--scope', 'other')).toMatchObject({
      exit: 2,
      stdout: expect.stringContaining('has the export of @acme'),
    });
  });
});

it('names the token that a reader of private scopes needs', async () => {
  await stage.release(version(1));
  stage.lie = async (path, honest) =>
    path === '/log/statements/0' ? new Response(null, { status: 404 }) : honest();
  const { exit, stdout } = await stage.export();
  expect([exit, stdout]).toEqual([
    4,
    expect.stringContaining('skillgate registry token http://localhost'),
  ]);
});

it('leaves out the skills of other scopes, and has the whole log', async () => {
  await stage.release(version(1));
  expect(await stage.export('--scope', 'other')).toMatchObject({ exit: 0 });
  const paths = [...stage.files().keys()];
  expect(paths.filter((path) => /^(index\/@|blobs|packs|proofs)/.test(path))).toEqual([]);
  expect(paths).toContain('log/statements/0');
});

it('interrupted at any write, leaves a copy that installs, and the next export finishes it', async () => {
  await stage.release(version(1));
  await stage.export();
  const before = `${stage.folder}-before`;
  cpSync(stage.folder, before, { recursive: true });
  await stage.release(version(2));
  await changeMap();
  const writes = failWrite(0);
  expect(await stage.export()).toMatchObject({ exit: 0 });
  const whole = stage.files();
  const all = writes.length;
  // Between these two renames the proofs are of a newer map than the status: hosts refuse.
  const between = writes.indexOf('show index/status.json') + 1;
  expect(writes[between - 2]).toBe('showFolder proofs');
  // The visible files change in the last writes.
  const steps = Array.from({ length: all }, (_, at) => at + 1);
  for (const nth of steps.filter((step) => step > all - 10 || step % 8 === 0)) {
    vi.restoreAllMocks();
    rmSync(stage.folder, { recursive: true });
    cpSync(before, stage.folder, { recursive: true });
    failWrite(nth);
    expect((await stage.export()).exit).not.toBe(0);
    vi.restoreAllMocks();
    expect(await stage.install(`host-${nth}`, '@acme/report'), writes[nth - 1]).toMatchObject({
      exit: nth === between ? 6 : 0,
    });
    expect(await stage.export()).toMatchObject({ exit: 0 });
    expect(stage.files()).toEqual(whole);
  }
}, 120_000);

describe('an export refuses', () => {
  const answerWith = (find: RegExp, change: (text: string) => string | undefined) => {
    stage.lie = async (path, honest) => {
      const answer = await honest();
      if (!find.test(path) || !answer.ok) return answer;
      const text = change(await answer.text());
      return text === undefined ? new Response('', { status: 404 }) : new Response(text);
    };
  };

  it('a log that does not continue the exported one', async () => {
    await stage.release(version(1));
    await stage.export();
    const path = join(stage.folder, 'export.json');
    const state = JSON.parse(readFileSync(path, 'utf8'));
    const head = { ...state.head, root: Buffer.alloc(32, 1).toString('base64') };
    writeFileSync(path, JSON.stringify({ ...state, head }));
    await stage.release(version(2));
    expect(await stage.export()).toMatchObject({
      exit: 6,
      stdout: expect.stringContaining('log-rolled-back'),
    });
  });

  it('a log with a statement that nobody shows', async () => {
    await stage.release(version(1));
    answerWith(/^\/log\/statements\/3$/, () => undefined);
    expect(await stage.export()).toMatchObject({
      stdout: expect.stringContaining('does not show the statement at log index 3'),
    });
  });

  it('an index that lost a line', async () => {
    await stage.release(version(1));
    await stage.export();
    await stage.release(version(2));
    answerWith(/^\/index\/@acme\/report$/, (text) => `${text.split('\n')[1]}\n`);
    expect(await stage.export()).toMatchObject({
      stdout: expect.stringContaining('no longer has a line'),
    });
  });

  it('proofs that do not hold', async () => {
    await stage.release(version(1));
    answerWith(/^\/proofs\//, (text) => {
      const words = JSON.parse(text);
      const names = words.names.map((one: object) => ({ ...one, at: [] }));
      return JSON.stringify({ ...words, names });
    });
    expect(await stage.export()).toMatchObject({
      stdout: expect.stringContaining('do not hold'),
    });
  });

  it('one version whose blob is damaged, and copies the others; the next export brings it', async () => {
    await stage.release(version(1));
    await stage.release(version(1, '@acme/whole'));
    const { lie } = stage;
    let packs = 0;
    stage.lie = async (path, honest) => {
      if (path.startsWith('/packs/') && ++packs === 1) return new Response('', { status: 404 });
      return path.startsWith('/blobs/') ? new Response('other bytes') : honest();
    };
    const first = await stage.export();
    expect(first.exit).toBe(6);
    expect(JSON.parse(first.stdout).lacking).toMatchObject([
      { name: '@acme/report', version: '1.0.1', why: expect.stringContaining('other bytes') },
    ]);
    expect(await stage.install('host', '@acme/whole')).toMatchObject({ exit: 0 });
    expect(stage.files().has('index/@acme/report')).toBe(false);
    stage.lie = lie;
    expect(await stage.export()).toMatchObject({ exit: 0 });
    expect(await stage.install('host', '@acme/report')).toMatchObject({ exit: 0 });
  });
});
