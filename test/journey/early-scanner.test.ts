import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { makeStage } from './processes.ts';

it('ends with a publication that is refused before it scans', async () => {
  const stage = makeStage();
  onTestFinished(() => stage.close());
  stage.write({ 'skill/SKILL.md': '---\nname: deals\ndescription: Counts deals.\n---\nCount.\n' });
  await stage.json('author', 'scan', 'skill');
  const folder = join(stage.folder, 'author', 'cache', 'compiled');
  await vi.waitFor(
    () => expect(readdirSync(folder).some((name) => name.endsWith('.image'))).toBe(true),
    { timeout: 60_000 },
  );
  // The scanner waits for a request. A command that leaves it alone would wait for the scanner.
  expect(await stage.skill('author', 'publish', '--unknown')).toMatchObject({ exit: 2 });
  expect(await stage.skill('author', 'publish', 'skill')).toMatchObject({
    exit: expect.toSatisfy((exit) => exit !== 0 && exit !== null),
    err: expect.stringContaining('error[manifest-missing]'),
  });
}, 120_000);
