import { expect, it } from 'vitest';
import { committedIn, refLines } from '../../../cli/changes/references.ts';
import { inkFor } from '../../../cli/terminal/output.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { changeSetOf } from './change-set.ts';

// Each byte is four signs long where a person reads it.
it.each([
  ['stand for a file where every line is printed whole', 400, 1],
  ['stand for no file where a line gets longer than a screen by its signs', 1_500, 0],
])('the differences of a branch %s', (_, bytes, files) => {
  const head = Buffer.from(`commit ${'a'.repeat(40)}\n\ndiff --git a/x b/x\n+`);
  const patch = Buffer.concat([head, Buffer.alloc(bytes, 0xe9), Buffer.from('\n')]);
  const ref = {
    name: 'refs/heads/main',
    commits: 1,
    shown: [],
    files: ['x'],
    patch: digestOf(patch),
  };
  const set = changeSetOf([{ repositories: [{ path: '', isNew: false, refs: [ref] }] }]);
  const waiting = { set, digest: digestOf(''), folder: '/kept', begun: false, read: () => patch };
  const sizes = set.folders.map((folder) => committedIn(waiting, folder, 100).size);
  expect(sizes).toEqual([files]);
});

it('shows a commit with more lines than a call can have arguments', () => {
  const head = `commit ${'a'.repeat(40)}\n\ndiff --git a/x b/x\n`;
  const patch = Buffer.from(`${head}${'+\n'.repeat(300_000)}`);
  const ref = { name: 'refs/heads/main', commits: 1, shown: [], files: [], patch: digestOf(patch) };
  const set = changeSetOf([{ repositories: [{ path: '', isNew: false, refs: [ref] }] }]);
  const waiting = { set, digest: digestOf(''), folder: '/kept', begun: false, read: () => patch };
  const ink = inkFor(process.stderr, { NO_COLOR: '1' });
  const [lines] = set.folders.map((one) => refLines(waiting, one, ink, Number.POSITIVE_INFINITY));
  expect(lines?.filter(({ text }) => text.trim() === '+')).toHaveLength(300_000);
});
