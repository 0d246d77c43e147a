import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { isNpm } from '../../../cli/serve/serve.ts';

const asleep = 'process.stdout.write("x"); setInterval(() => {}, 1000)';

it.each([
  ['a process that calls itself npm', `process.title = 'npm run serve'; ${asleep}`, true],
  ['a process of another name', `process.title = 'sh -c npm run serve'; ${asleep}`, false],
  ['another program of node', asleep, false],
])('%s', async (_, code, is) => {
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  expect(isNpm(child.pid ?? 0)).toBe(is);
});

it('no process', () => {
  expect(isNpm(0)).toBe(false);
});
