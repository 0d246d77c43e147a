import { execSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { startEarlyScanner } from '../../../cli/scan/early-scanner.ts';
import { startScanHost } from '../../../cli/scan/scan-host.ts';
import { folderWith } from '../temporary-folder.ts';
import { environmentOf, imageOf, make, program } from './made-image.ts';

const manyFiles = Object.fromEntries(Array.from({ length: 210 }, (_, at) => [`${at}.md`, '']));
const request = { files: [], path: '.', unread: [] };

it('starts the scanner of a publication before the command is loaded', async () => {
  const image = imageOf(program);
  const start = (...words: string[]) =>
    startEarlyScanner(words, environmentOf(image), image.program);
  expect(await start('publish')).toBeUndefined();
  await make(image);
  for (const words of [['scan', '.'], ['publish', '--help'], ['publish', '.', '-h'], []])
    expect(await start(...words)).toBeUndefined();
  const early = await start('publish', '.');
  const host = await startScanHost(early);
  onTestFinished(() => host.end());
  expect(await host.ask(request, 20)).toEqual({
    answer: { read: 'ERR_ACCESS_DENIED', write: 'ERR_ACCESS_DENIED', start: 'ERR_ACCESS_DENIED' },
  });
  await host.end();
  expect(early?.killed).toBe(true);
});

it('starts the light image for a folder without TypeScript and JavaScript', async () => {
  const image = imageOf(program);
  await make(image);
  const startedIn = async (folder: string): Promise<string | undefined> => {
    const words = ['publish', '--yes', folder];
    const early = await startEarlyScanner(words, environmentOf(image), image.program);
    early?.kill('SIGKILL');
    return early?.spawnargs.at(-1);
  };
  const started = (files: Readonly<Record<string, string>>) => startedIn(folderWith(files));
  const notes = { 'SKILL.md': '# Notes\n', 'scripts/a.sh': 'ls\n', '.git/a.js': '' };
  expect(await started(notes)).toBe(image.light);
  for (const files of [
    { ...notes, 'lib/deep/a.mjs': '' },
    { 'SKILL.md': '# Notes\n\n```ts\nlet a = 1;\n```\n' },
    { 'a.sh': 'ls\n' },
    { ...notes, ...manyFiles },
  ])
    expect(await started(files)).toBe(image.place);
  // Neither would ever end.
  for (const make of ['mkfifo SKILL.md', 'ln -s /dev/zero SKILL.md']) {
    const folder = folderWith({ 'a.sh': 'ls\n' });
    execSync(make, { cwd: folder });
    expect(await startedIn(folder)).toBe(image.place);
  }
  rmSync(image.light);
  expect(await started(notes)).toBe(image.place);
});

it('scans in a thread when the scanner ended before anybody waited for it', async () => {
  const image = imageOf(program);
  await make(image);
  const early = await startEarlyScanner(['publish'], environmentOf(image), image.program);
  if (early === undefined) throw new Error('no scanner was started');
  early.kill('SIGKILL');
  await once(early, 'exit');
  const host = await startScanHost(early);
  onTestFinished(() => host.end());
  expect(await host.ask(request, 60)).toMatchObject({ answer: { kind: 'report' } });
});
