import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import {
  acceptedPart,
  applyAction,
  changesIn,
  heldChanges,
} from '../../../cli/changes/held-changes.ts';
import { describeHold } from '../../../cli/holds/mailbox-desk.ts';
import type { NamedChoice } from '../../../runner/changes/accept.ts';
import { readWaiting } from '../../../runner/changes/waiting.ts';
import type { Change } from '../../../skills-index/run/changes/changes.ts';
import type { GatedAction, Hold } from '../../../skills-index/run/holds/hold.ts';
import { holdFieldsOf } from '../../../skills-index/run/holds/hold-action.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { folderWith } from '../temporary-folder.ts';

const run = '0f35d1a0-0000-4000-8000-000000000000';
const subject = { run, agent: 'finance', skill: '@acme/report', version: '1.0.0' };
const object = 'a'.repeat(40);
const about = { after: object, shown: [], files: [] };
const refs = [
  { ...about, name: 'refs/heads/feature/x', commits: 2 },
  { ...about, name: 'refs/heads/main', before: object, commits: 1 },
  { ...about, name: 'refs/tags/v1', before: object, commits: 0, asks: 'it drops "commits"' },
];
let paths: { config: string; data: string; cache: string };
beforeEach(() => {
  const home = folderWith();
  paths = { config: join(home, 'config'), data: join(home, 'data'), cache: join(home, 'cache') };
  const kept = join(paths.data, 'changes', run);
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  const changeOf = (path: string, more: Partial<Change> = {}): Change => {
    const text = `content of ${path}`;
    writeFileSync(join(kept, hexOf(digestOf(text))), text, { mode: 0o600 });
    const file = { kind: 'file' as const, sha256: digestOf(text), bytes: text.length };
    return { path, after: { ...file, mode: 0o644, uid: 1, gid: 1 }, ...more };
  };
  const folder = {
    source: 'workspace:w',
    target: '/w',
    path: '/nowhere',
    id: '1:1',
    mode: 'cow',
    changes: [
      changeOf('notes.md'),
      changeOf('package.json', { shelf: 'obeyed' }),
      changeOf('AGENTS.md', { shelf: 'obeyed' }),
    ],
    refused: [],
    conflicts: [],
    repositories: [{ path: '', isNew: false, refs }],
  };
  const set = {
    schema: 'skillgate.changes/2',
    ...subject,
    plan: digestOf(''),
    at: '2026-11-20T12:00:00.000Z',
    folders: [folder],
  };
  writeFileSync(join(kept, 'set.json'), JSON.stringify(set), { mode: 0o600 });
});

const actionFor = (include: readonly string[], patterns: readonly string[] = []): GatedAction =>
  actionOf({ include, paths: patterns });
const actionOf = (choice: NamedChoice): GatedAction =>
  applyAction(acceptedPart(readWaiting(paths.data, run), choice), choice);
const holdOf = (action: GatedAction): Hold => ({
  schema: 'skillgate.hold/1',
  id: '0'.repeat(12),
  nonce: '0'.repeat(32),
  rule: 'apply',
  ...subject,
  ...holdFieldsOf(action, 'apply', subject, undefined),
  created: '2026-11-20T12:00:00.000Z',
  expires: '2026-11-20T12:02:00.000Z',
  holder: '1 1',
});
const shownFor = (action: GatedAction): string[] | string => {
  const found = heldChanges({ paths }, holdOf(action));
  if (found === undefined || typeof found === 'string') return found ?? '';
  return found.set.folders.flatMap(({ changes }) => changes.map(({ path }) => path));
};

it('an approver is shown the plain changes and those that were named, and no others', () => {
  expect(shownFor(actionFor([]))).toEqual(['notes.md']);
  expect(shownFor(actionFor(['package.json']))).toEqual(['notes.md', 'package.json']);
});

it('a hold says which files that hosts or agents obey it brings', () => {
  const text = (include: readonly string[]): string =>
    describeHold({ state: 'waiting', hold: holdOf(actionFor(include)) }).text;
  expect(text(['package.json'])).toContain(
    'and apply 2 changes to /w, with 1 file that hosts or agents obey',
  );
  expect(text(['package.json'])).toContain('    hosts or agents obey "/w/package.json"');
  expect(text([])).not.toContain('obey');
});

it.each<[string, (action: Extract<GatedAction, { kind: 'apply' }>) => GatedAction]>([
  ['hides a file that it brings', (action) => ({ ...action, include: [] })],
  ['names another file than it brings', (action) => ({ ...action, include: ['/w/AGENTS.md'] })],
  ['names a file that nobody changed', (action) => ({ ...action, include: ['/w/x'] })],
])('a hold that %s is not shown, so nobody can allow it', (_, forge) => {
  const action = actionFor(['package.json']);
  if (action.kind !== 'apply') throw new Error('another action');
  expect(typeof shownFor(forge(action))).toBe('string');
});

const moved = 'move branch main in /w by 1 commit';
const made = 'create branch feature/x in /w with 2 commits';
const checked = 'move tag v1 in /w (check: "it drops \\"commits\\"")';
it.each<[string, string[], string[], string]>([
  ['all that need no name', [], [], `${moved}, ${made}, and apply 1 change to /w, change set`],
  [
    'one that needs its name',
    ['v1'],
    [],
    `${moved}, ${checked}, ${made}, and apply 1 change to /w,`,
  ],
  ['a single one', ['main'], ['notes.md'], `${moved}, and apply 1 change to /w, of the paths`],
  ['none', [], ['notes.md'], 'apply 1 change to /w, of the paths "notes.md", change set'],
])('a hold names each branch and tag, and counts files apart: %s', (_, include, only, words) => {
  const hold = holdOf(actionFor(include, only));
  expect(hold.what.startsWith(words)).toBe(true);
  expect(describeHold({ state: 'waiting', hold }).text).toContain(
    `wants to ${words.split(',')[0]}`,
  );
  expect(shownFor(hold.action ?? actionFor([]))).toEqual(['notes.md']);
});

it('an approver of a branch alone is shown this branch, and no file beside it', () => {
  const hold = holdOf(actionOf({ branches: ['feature/x'] }));
  expect(hold.what.startsWith(`${made}, change set`)).toBe(true);
  expect(shownFor(hold.action ?? actionFor([]))).toEqual([]);
  const { action } = holdOf(actionOf({ branches: ['feature/x'], paths: ['notes.md'] }));
  expect(shownFor(action ?? actionFor([]))).toEqual(['notes.md']);
});

it('a new repository without a commit goes on waiting beside a named file, and is counted', () => {
  const whole = readWaiting(paths.data, run);
  const repositories = [{ path: 'sub', isNew: true, refs: [] }];
  const folders = whole.set.folders.map((one) => ({
    ...one,
    changes: one.changes.slice(0, 1),
    repositories,
  }));
  const waiting = { ...whole, set: { ...whole.set, folders } };
  const { rest } = acceptedPart(waiting, { paths: ['notes.md'] });
  expect(rest === undefined ? 0 : changesIn(rest)).toBe(1);
});
