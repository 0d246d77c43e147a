import * as fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { kindOf } from '../../../skills-index/run/changes/changes.ts';
import { makeSeenFolder, owner, type SeenFolder, treeOf } from '../mounts/seen-folder.ts';

let seen: SeenFolder | undefined;
afterEach(() => seen?.remove());
const root = process.getuid?.() === 0;

/**
 * What a run does in a folder that holds files of user 1234; what is offered of it; what is
 * refused.
 */
type Row = readonly [string, (view: string) => void, readonly string[], readonly string[]];
const foreign = 'it belongs to another user (uid 1234)';
const holds = 'it contains entries of another user';

const attacks: readonly Row[] = [
  [
    'rename what it may not read',
    (view) => fs.renameSync(`${view}/payroll`, `${view}/mine`),
    [],
    [`mine: ${foreign}`, `payroll: ${foreign}`],
  ],
  [
    'rename a folder that it may not enter',
    (view) => fs.renameSync(`${view}/database`, `${view}/mine`),
    [],
    [`database: ${foreign}`, `mine: ${foreign}`],
  ],
  [
    'rename a folder that holds what it may not read',
    (view) => fs.renameSync(`${view}/mixed`, `${view}/moved`),
    ['created moved', 'created moved/own'],
    [`mixed: ${holds}`, `moved/payroll: ${foreign}`],
  ],
  [
    'replace a file of another user',
    (view) => {
      fs.rmSync(`${view}/payroll`);
      fs.writeFileSync(`${view}/payroll`, 'evil');
    },
    [],
    [`payroll: ${foreign}`],
  ],
  [
    'replace a folder of another user, and what is in it',
    (view) => {
      fs.renameSync(`${view}/tools`, `${view}/away`);
      fs.mkdirSync(`${view}/tools`);
      fs.writeFileSync(`${view}/tools/run.sh`, 'evil');
    },
    [],
    [`away: ${foreign}`, `tools: ${foreign}`],
  ],
  [
    'swap two folders of another user',
    (view) => {
      fs.renameSync(`${view}/tools`, `${view}/away`);
      fs.renameSync(`${view}/tools2`, `${view}/tools`);
      fs.renameSync(`${view}/away`, `${view}/tools2`);
    },
    [],
    [`tools/run.sh: ${foreign}`, `tools2/run.sh: ${foreign}`],
  ],
  [
    'make a file of a folder that holds what it may not read',
    (view) => {
      fs.rmSync(`${view}/mixed`, { recursive: true });
      fs.writeFileSync(`${view}/mixed`, 'evil');
    },
    [],
    [`mixed: ${holds}`],
  ],
  [
    'delete what another user wrote',
    (view) => {
      fs.rmSync(`${view}/payroll`);
      fs.rmSync(`${view}/mixed`, { recursive: true });
    },
    [],
    [`mixed: ${holds}`, `payroll: ${foreign}`],
  ],
  [
    'give its own file to another user',
    (view) => fs.chownSync(`${view}/mixed/own`, 1234, 1234),
    [],
    [`mixed/own: ${foreign}`],
  ],
];
const honest: readonly Row[] = [
  ['change nothing', () => undefined, [], []],
  [
    'edit, add, rename and delete beside another user’s files',
    (view) => {
      fs.writeFileSync(`${view}/mixed/own`, 'edited');
      fs.mkdirSync(`${view}/mixed/new`);
      fs.writeFileSync(`${view}/mixed/new/file`, 'x');
      fs.renameSync(`${view}/notes`, `${view}/notes2`);
    },
    [
      'changed mixed/own',
      'created mixed/new',
      'created mixed/new/file',
      'created notes2',
      'deleted notes',
    ],
    [],
  ],
  [
    'change the group of its own file',
    (view) => fs.chownSync(`${view}/notes`, 65_534, 999),
    ['changed notes'],
    [],
  ],
];

describe.runIf(root).each([
  [true, false],
  [false, false],
  [true, true],
])('a folder with files of another user (overlay: %s, of root: %s)', (overlays, ofRoot) => {
  it.each([...attacks, ...honest])('%s', async (_, act, offered, refused) => {
    seen = makeSeenFolder(overlays, [], ofRoot);
    const { folder } = seen;
    for (const name of ['database', 'tools', 'tools2', 'mixed']) fs.mkdirSync(`${folder}/${name}`);
    const others = [
      'payroll',
      'database',
      'database/base',
      'tools',
      'tools/run.sh',
      'tools2',
      'tools2/run.sh',
      'mixed/payroll',
    ];
    for (const name of others.filter((one) => !fs.existsSync(`${folder}/${one}`)))
      fs.writeFileSync(`${folder}/${name}`, name);
    fs.writeFileSync(`${folder}/mixed/own`, 'own');
    fs.writeFileSync(`${folder}/notes`, 'own');
    for (const name of others) fs.chownSync(`${folder}/${name}`, 1234, 1234);
    fs.chmodSync(`${folder}/payroll`, 0o600);
    fs.chmodSync(`${folder}/database`, 0o700);

    const after = await seen.see(act);
    expect(after.changes.map((one) => `${kindOf(one)} ${one.path}`).sort()).toEqual(offered);
    expect(after.refused.map(({ path, why }) => `${path}: ${why}`).sort()).toEqual(refused);
    await after.apply();
    const kept = treeOf(folder);
    for (const name of others) {
      expect(fs.statSync(`${folder}/${name}`)).toMatchObject({ uid: 1234, gid: 1234 });
      if (kept[name]?.startsWith('file'))
        expect(fs.readFileSync(`${folder}/${name}`, 'utf8')).toBe(name);
    }
  });
});

describe.runIf(root)('a folder of root', () => {
  it('comes to the run as its own, and gets changes back as root’s', async () => {
    seen = makeSeenFolder(true, [], true);
    const { folder } = seen;
    for (const name of ['kept', 'edited', 'gone']) fs.writeFileSync(`${folder}/${name}`, name);
    fs.chmodSync(`${folder}/edited`, 0o600);
    fs.chownSync(`${folder}/edited`, 0, 42);
    const after = await seen.see((view) => {
      expect(fs.statSync(view)).toMatchObject(owner);
      expect(fs.statSync(`${view}/kept`)).toMatchObject(owner);
      expect(fs.statSync(`${view}/edited`)).toMatchObject({ uid: owner.uid, gid: 42 });
      fs.writeFileSync(`${view}/edited`, 'new');
      fs.mkdirSync(`${view}/made`);
      fs.writeFileSync(`${view}/made/tool`, 'x', { mode: 0o755 });
      fs.chmodSync(`${view}/made/tool`, 0o4755);
      fs.symlinkSync('kept', `${view}/link`);
      fs.rmSync(`${view}/gone`);
    });
    expect(after.refused).toEqual([]);
    expect(after.conflicts).toEqual([]);
    expect(after.changes.map((one) => `${kindOf(one)} ${one.path}`).sort()).toEqual([
      'changed edited',
      'created link',
      'created made',
      'created made/tool',
      'deleted gone',
    ]);
    expect(treeOf(folder)).not.toHaveProperty('made');
    await after.apply();
    for (const name of ['kept', 'made', 'made/tool', 'link'])
      expect(fs.lstatSync(`${folder}/${name}`), name).toMatchObject({ uid: 0, gid: 0 });
    const { gid, mode, uid } = fs.statSync(`${folder}/edited`);
    expect([uid, gid, mode & 0o7777]).toEqual([0, 42, 0o600]);
    expect(fs.statSync(`${folder}/made/tool`).mode & 0o7777).toBe(0o755);
    expect(fs.readFileSync(`${folder}/edited`, 'utf8')).toBe('new');
  });

  it('hides what the run’s own user has in it, and lets nothing take its place', async () => {
    seen = makeSeenFolder(true, [], true);
    const { folder } = seen;
    fs.mkdirSync(`${folder}/mixed`);
    for (const name of ['private', 'mixed/private']) {
      fs.writeFileSync(`${folder}/${name}`, 'of a service', { mode: 0o600 });
      fs.chownSync(`${folder}/${name}`, owner.uid, owner.gid);
    }
    const after = await seen.see((view) => {
      expect(fs.readdirSync(view)).toEqual(['mixed']);
      fs.rmSync(`${view}/mixed`, { recursive: true });
      fs.writeFileSync(`${view}/private`, 'evil');
    });
    expect(after.changes).toEqual([]);
    expect(after.refused.map(({ path, why }) => `${path}: ${why}`).sort()).toEqual([
      `mixed: ${holds}`,
      `private: it belongs to another user (uid ${owner.uid})`,
    ]);
    expect(fs.readFileSync(`${folder}/private`, 'utf8')).toBe('of a service');
  });
});

describe.runIf(root)('changes that wait for a folder', () => {
  it('are not applied through a folder that another user got meanwhile', async () => {
    seen = makeSeenFolder(true);
    fs.mkdirSync(`${seen.folder}/dir`);
    const after = await seen.see((view) => fs.writeFileSync(`${view}/dir/new`, 'x'));
    fs.chownSync(`${seen.folder}/dir`, 0, 0);
    await expect(after.apply()).rejects.toThrow(
      expect.objectContaining({ code: 'changes-conflict' }),
    );
    expect(fs.readdirSync(`${seen.folder}/dir`)).toEqual([]);
  });
});
