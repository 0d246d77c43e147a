import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { makeRotationStage, type RotationStage } from './rotation-stage.ts';

let stage: RotationStage;
beforeAll(async () => {
  stage = await makeRotationStage();
  const root = parseRoot(await (await fetch(`${stage.base()}/index/root.json`)).text());
  await stage.json('eve', 'registry', 'add', stage.base(), '--root', rootFingerprint(root));
});
afterAll(() => stage.close());

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by expectations
const look = async (): Promise<any> => {
  const { exit, stdout, stderr } = await stage.as('eve', [
    'monitor',
    stage.base(),
    '--format',
    'json',
  ]);
  expect(exit, stdout + stderr).toBe(0);
  return JSON.parse(stdout);
};

it('a monitor goes on through rotations of every key of an honest registry, and so does one that begins after them', async () => {
  await stage.release('1.0.0');
  const first = await look();
  expect(first).toMatchObject({ lines: 1, read: first.size, differences: [] });
  await stage.rotate(['ada', 'ben'], '--new-log-key');
  await stage.release('1.1.0');
  const second = await look();
  expect(second).toMatchObject({
    lines: 2,
    read: second.size - first.size,
    differences: [],
    notes: [],
  });
  await stage.rotate(['ada', 'cleo'], '--new-status-key', '--new-registry-key');
  await stage.release('1.2.0');
  expect(await look()).toMatchObject({ lines: 3, differences: [], notes: [] });
  rmSync(join(stage.folder, 'eve', 'data', 'monitor'), { recursive: true });
  const anew = await look();
  expect(anew).toMatchObject({ read: anew.size, lines: 3, differences: [], notes: [] });
});
