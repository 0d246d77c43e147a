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

it('takes up the code that it kept', () => {
  expect(run('keep();')).toEqual({ word: 'one', wasKept: false });
  expect(run('')).toEqual({ word: 'one', wasKept: true });
});

it('takes up no code of another program of the same length', () => {
  run('keep();');
  writeFileSync(join(folder, 'it.cjs'), 'exports.word = () => "two";');
  expect(run('')).toEqual({ word: 'two', wasKept: false });
});

it('never runs code that another user wrote or may write, though the folder is its own', () => {
  const place = join(folder, 'it.code');
  run('keep();');
  chmodSync(place, 0o620);
  expect(run('')).toEqual({ word: 'one', wasKept: false });
  chmodSync(place, 0o600);
  expect(run('')).toEqual({ word: 'one', wasKept: true });
  // Only root can give a file away.
  if (process.getuid?.() !== 0) return;
  chownSync(place, 65_534, 65_534);
  expect(run('')).toEqual({ word: 'one', wasKept: false });
  expect(run('keep();')).toEqual({ word: 'one', wasKept: false });
  expect(run('')).toEqual({ word: 'one', wasKept: true });
});

it('waits for no pipe in the place of kept code', () => {
  execFileSync('mkfifo', [join(folder, 'it.code')]);
  expect(run('')).toEqual({ word: 'one', wasKept: false });
});

it('leaves nothing behind where it cannot keep the code', () => {
  mkdirSync(join(folder, 'it.code'));
  expect(run('keep();')).toEqual({ word: 'one', wasKept: false });
  expect(readdirSync(folder).sort()).toEqual(['it.cjs', 'it.code']);
});

function run(after: string): unknown {
  const [file, place] = ['it.cjs', 'it.code'].map((name) => JSON.stringify(join(folder, name)));
  const script = `const { runBuiltFile } = await import(${JSON.stringify(module)});
    const { exports, wasKept, keep } = runBuiltFile(${file}, ${place});
    process.stdout.write(JSON.stringify({ word: exports.word(), wasKept }));
    ${after}`;
  const args = ['--input-type=module', '-e', script];
  return JSON.parse(execFileSync(process.execPath, args, { stdio: 'pipe', encoding: 'utf8' }));
}
