import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { folderWith } from './temporary-folder.ts';

const module = fileURLToPath(new URL('../../cli/kept-code.ts', import.meta.url));

let folder: string;

beforeEach(() => {
  folder = folderWith();
  writeFileSync(join(folder, 'it.cjs'), 'exports.word = () => "one";');
});

it('says which parts were called before the code was kept', () => {
  expect(run(`keep(['shell', 'é']);`)).toEqual({ word: 'one' });
  expect(run('')).toEqual({ word: 'one', keptParts: ['shell', 'é'] });
  expect(run('keep();')).toEqual({ word: 'one', keptParts: ['shell', 'é'] });
  expect(run('')).toEqual({ word: 'one', keptParts: [] });
});

it('says of no part that it was called in another program of the same length', () => {
  run(`keep(['shell']);`);
  writeFileSync(join(folder, 'it.cjs'), 'exports.word = () => "two";');
  expect(run('')).toEqual({ word: 'two' });
});

it('leaves nothing behind where it cannot keep the code', () => {
  mkdirSync(join(folder, 'it.code'));
  expect(run('keep();')).toEqual({ word: 'one' });
  expect(readdirSync(folder).sort()).toEqual(['it.cjs', 'it.code']);
});

function run(after: string): unknown {
  const [file, place] = ['it.cjs', 'it.code'].map((name) => JSON.stringify(join(folder, name)));
  const script = `const { runBuiltFile } = await import(${JSON.stringify(module)});
    const { exports, keptParts, keep } = runBuiltFile(${file}, ${place});
    process.stdout.write(JSON.stringify({ word: exports.word(), keptParts }));
    ${after}`;
  const args = ['--input-type=module', '-e', script];
  return JSON.parse(execFileSync(process.execPath, args, { stdio: 'pipe', encoding: 'utf8' }));
}
