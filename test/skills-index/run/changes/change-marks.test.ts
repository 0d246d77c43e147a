import { describe, expect, it } from 'vitest';
import { marksOf } from '../../../../skills-index/run/changes/change-marks.ts';
import type { EntryState } from '../../../../skills-index/run/changes/changes.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

const file = (mode = 0o644, gid = 1000): EntryState => ({
  kind: 'file',
  sha256: digestOf(''),
  bytes: 0,
  mode,
  uid: 1000,
  gid,
});
const folder: EntryState = { kind: 'folder', mode: 0o755, uid: 1000, gid: 1000 };
const obeyed = 'builds, tests, CI or tools obey it';
const lock = 'a lock file: it decides which packages are fetched and run';
const oldDot = 'its name begins with a dot';
const inDot = 'in a folder whose name begins with a dot';
const toMarked = 'a link to a path that would have a mark';
const compiled = 'compiled: nobody can read what it does, and it may run in place of its source';
const link = (to: string): EntryState => ({ kind: 'link', to, uid: 1000, gid: 1000 });
const dot = 'new, and its name begins with a dot';

describe('among the changes of a run, a person looks first at', () => {
  it.each<[string, EntryState | undefined, EntryState | undefined, string[]]>([
    ['src/.hidden', undefined, file(), [dot]],
    ['.tool', undefined, folder, [dot]],
    ['tool.sh', undefined, file(0o755), ['executable']],
    ['tool.sh', file(0o755), file(0o755), ['executable']],
    ['tool.sh', file(0o644), file(0o755), ['executable now']],
    ['.venv/bin/python', file(0o755), file(0o755), [inDot, 'executable']],
    ['.drone.yml', file(), file(), [oldDot]],
    ['.tekton/p.yaml', undefined, file(), [inDot]],
    ['.tekton/p.yaml', file(), file(), [inDot]],
    ['.bashrc.d/evil', undefined, file(), [inDot]],
    ['.venv/bin/activate', file(), file(), [inDot, obeyed]],
    ['venv/bin/Activate.ps1', file(), file(), [obeyed]],
    ['venv/pyvenv.cfg', file(), file(), [obeyed]],
    ['sitecustomize/__init__.py', undefined, file(), [obeyed]],
    ['notes6.txt', undefined, link('Makefile'), [toMarked]],
    ['notes7.txt', undefined, link('../.venv/bin/x'), [toMarked]],
    ['notes8.txt', undefined, link('lib/util.so'), [toMarked]],
    ['util.abi3.so', undefined, file(), [compiled]],
    ['lib/libz.so.1.2', file(), file(), [compiled]],
    ['init.elc', undefined, file(), [compiled]],
    ['x.h.gch', undefined, file(), [compiled]],
    ['u.ZWC', undefined, file(), [compiled]],
    ['package-lock.json', file(), file(), [lock]],
    ['sub/Cargo.lock', undefined, file(), [lock]],
    ['Makefile', file(), file(), [obeyed]],
    ['JENKINSFILE', undefined, file(), [obeyed]],
    ['vite.config.ts', file(), file(), [obeyed]],
    ['.eslintrc.cjs', file(), file(), [oldDot, obeyed]],
    ['Dockerfile.dev', file(), file(), [obeyed]],
    ['notes.txt', file(0o644, 1000), file(0o644, 4), ['another owner or group']],
  ])('%s', (path, before, after, marks) => {
    expect(marksOf({ path, ...(before && { before }), ...(after && { after }) })).toEqual(marks);
  });

  it.each<[string, EntryState | undefined, EntryState | undefined]>([
    ['src/index.ts', file(), file()],
    ['docs/report.md', undefined, file()],
    ['new folder', undefined, folder],
    ['tool.sh', file(0o755), undefined],
    ['makefile.md', undefined, file()],
    ['so', undefined, file()],
    ['notes.so.txt', undefined, file()],
    ['latest', undefined, link('../v1.2/./notes.txt')],
    ['src/activation.ts', file(), file()],
  ])('not at %s', (path, before, after) => {
    expect(marksOf({ path, ...(before && { before }), ...(after && { after }) })).toEqual([]);
  });
});
