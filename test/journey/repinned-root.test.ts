/** A host pins the root file of after a rotation, and keeps what it learned before. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { makeRotationStage, type RotationStage } from './rotation-stage.ts';

let stage: RotationStage;
beforeEach(async () => {
  stage = await makeRotationStage();
});
afterEach(() => stage.close());

const fingerprint = () => rootFingerprint(parseRoot(readFileSync(join(stage.data, 'root.json'))));
const memoryOf = (root: ReturnType<typeof fingerprint>, name: string): string =>
  join(stage.folder, 'host', 'data', 'registries', hexOf(root), name);

it('carries the head of the log and what is known over to the pin of a later root file', async () => {
  const first = fingerprint();
  await stage.json('host', 'registry', 'add', stage.base(), '--root', first);
  await stage.release('1.0.0');
  expect((await stage.as('host', ['install', '@acme/report@1.0.0'])).exit).toBe(0);
  const known = readdirSync(memoryOf(first, 'known'));
  expect(known.length).toBeGreaterThan(0);
  await stage.rotate(['ada', 'ben'], '--new-registry-key');
  const later = fingerprint();
  expect((await stage.as('host', ['registry', 'add', stage.base(), '--root', later])).exit).toBe(0);
  expect(readdirSync(memoryOf(later, 'known'))).toEqual(known);
  for (const name of ['checkpoint', 'revoked'])
    expect(existsSync(memoryOf(later, name))).toBe(existsSync(memoryOf(first, name)));
  expect(readFileSync(memoryOf(later, 'checkpoint'))).toEqual(
    readFileSync(memoryOf(first, 'checkpoint')),
  );
  expect((await stage.as('host', ['verify', '@acme/report@1.0.0'], 2)).exit).toBe(0);
});

it('carries nothing to the pin of another registry at the same address, and says so', async () => {
  const first = fingerprint();
  await stage.json('host', 'registry', 'add', stage.base(), '--root', first);
  await stage.release('1.0.0');
  expect((await stage.as('host', ['install', '@acme/report@1.0.0'])).exit).toBe(0);
  const address = stage.base();
  await stage.stop();
  const other = await makeRotationStage(Number(new URL(address).port));
  try {
    const root = rootFingerprint(parseRoot(readFileSync(join(other.data, 'root.json'))));
    const added = await stage.as('host', ['registry', 'add', address, '--root', root]);
    expect(added).toMatchObject({ exit: 0, stderr: expect.stringContaining('Nothing proves') });
    expect(existsSync(memoryOf(root, 'known'))).toBe(false);
  } finally {
    await other.close();
  }
});
