import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadScanProgram } from '../../../cli/scan/load-scan-program.ts';
import { folderWith } from '../temporary-folder.ts';

// Each scan loads the front end that its path names.
const program = `
  const loaded = new Set();
  exports.loadedFrontEnds = () => [...loaded];
  exports.scanSkill = async (_, { path }) => void loaded.add(path);
`;

it('keeps the code of a scan once for each front end, and never before a scan went well', async () => {
  const folder = folderWith({ 'scan.cjs': program });
  const place = join(folder, 'home/cache/compiled/scan.code');
  const keptAfter = async (...frontEnds: string[]): Promise<number | undefined> => {
    const scanner = await loadScanProgram(
      { SKILLGATE_HOME: join(folder, 'home') },
      join(folder, 'scan.cjs'),
    );
    for (const path of frontEnds) {
      await scanner.scanSkill([], { path });
      scanner.keep();
    }
    return existsSync(place) ? statSync(place).ino : undefined;
  };
  expect(await keptAfter()).toBeUndefined();
  const first = await keptAfter('shell');
  expect(first).toBeDefined();
  expect(await keptAfter('shell', 'shell')).toBe(first);
  const second = await keptAfter('shell', 'python');
  expect(second).not.toBe(first);
  expect(await keptAfter('python', 'shell')).toBe(second);
});

it('keeps nothing where code may not be kept', async () => {
  const folder = folderWith({ 'scan.cjs': program });
  const env = { SKILLGATE_HOME: join(folder, 'home'), NODE_DISABLE_COMPILE_CACHE: '1' };
  const scanner = await loadScanProgram(env, join(folder, 'scan.cjs'));
  await scanner.scanSkill([], { path: 'shell' });
  scanner.keep();
  expect(existsSync(join(folder, 'home'))).toBe(false);
});

it('scans with the modules of a checkout', async () => {
  const scanner = await loadScanProgram({}, '/nowhere/scan.cjs');
  const bytes = Buffer.from('---\nname: a\ndescription: Says hello.\n---\nHello.\n');
  const report = await scanner.scanSkill([{ path: 'SKILL.md', bytes, mode: 0o644 }]);
  expect(report.coverage.files.map(({ path }) => path)).toEqual(['SKILL.md']);
});
