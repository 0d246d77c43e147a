import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { startEarlyScanner } from '../../../cli/scan/early-scanner.ts';
import { startScanHost } from '../../../cli/scan/scan-host.ts';
import { environmentOf, imageOf, make, program } from './made-image.ts';

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
