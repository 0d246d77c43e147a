import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
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

it('never runs code that another user wrote or may write, though the folder is its own', () => {
  const place = join(folder, 'it.code');
  run(`keep(['shell']);`);
  chmodSync(place, 0o620);
  expect(run('')).toEqual({ word: 'one' });
  chmodSync(place, 0o600);
  expect(run('')).toEqual({ word: 'one', keptParts: ['shell'] });
  // Only root can give a file away.
  if (process.getuid?.() !== 0) return;
  chownSync(place, 65_534, 65_534);
  expect(run('')).toEqual({ word: 'one' });
  expect(run('keep();')).toEqual({ word: 'one' });
  expect(run('')).toEqual({ word: 'one', keptParts: [] });
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
