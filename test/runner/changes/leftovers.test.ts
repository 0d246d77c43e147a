import * as fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { applyChanges } from '../../../runner/changes/apply.ts';
import {
  newSecret,
  parseSecret,
  removeLeftovers,
  temporaryPathOf,
} from '../../../runner/changes/put-entry.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import {
  changed,
  fileOf,
  makeSeenFolder,
  owner,
  type SeenFolder,
  treeOf,
} from '../mounts/seen-folder.ts';

let seen: SeenFolder;
afterEach(() => seen.remove());
const root = process.getuid?.() === 0;
const bytes = Buffer.from('of the run');
const file = fileOf('of the run');
const fillFolder = (at: string): void => {
  fs.rmSync(at, { force: true });
  fs.mkdirSync(at);
  fs.writeFileSync(`${at}/x`, '');
};
const giveAway = (at: string): void => {
  fs.writeFileSync(at, 'mine');
  if (root) fs.chownSync(at, 1_234, 2_000);
};
// A name that anybody can compute from the name of an entry.
const guess = (name: string): string => `.skillgate-${hexOf(digestOf(name)).slice(0, 16)}`;

describe.each(root ? [true, false] : [false])(
  'a name that looks like those of accepts (overlay: %s)',
  (overlays) => {
    it('is an entry like any other where a run brings it', async () => {
      seen = makeSeenFolder(overlays);
      fs.writeFileSync(`${seen.folder}/gone`, 'old');
      const after = await seen.see((view) => {
        fs.rmSync(`${view}/gone`);
        fs.mkdirSync(`${view}/${guess('+page')}`);
        for (const name of [`${guess('+page')}/inner`, '+page', guess('+layout'), '+layout'])
          fs.writeFileSync(`${view}/${name}`, 'x');
      });
      await after.apply();
      expect(treeOf(seen.folder)).toEqual({
        '+page': 'file 644 x',
        '+layout': 'file 644 x',
        [guess('+layout')]: 'file 644 x',
        [guess('+page')]: 'folder 755',
        [`${guess('+page')}/inner`]: 'file 644 x',
      });
    });

    it.each<[string, (at: string) => void]>([
      ['a file of another user', giveAway],
      ['a folder with something in it', fillFolder],
    ])('is in no accept’s way where somebody else makes it: %s', async (_, plant) => {
      seen = makeSeenFolder(overlays);
      for (const name of ['gone', 'a']) fs.writeFileSync(`${seen.folder}/${name}`, 'old');
      const after = await seen.see((view) => {
        fs.rmSync(`${view}/gone`);
        fs.writeFileSync(`${view}/a`, 'new');
      });
      plant(`${seen.folder}/${guess('a')}`);
      await after.apply();
      expect(fs.readdirSync(seen.folder).sort()).toEqual([guess('a'), 'a']);
      expect(fs.readFileSync(`${seen.folder}/a`, 'utf8')).toBe('new');
    });
  },
);

describe('what a killed accept left', () => {
  const set = changed({ path: 'dir/new', after: file });
  const prepare = (): { secret: string; beside: string } => {
    seen = makeSeenFolder(false);
    fs.mkdirSync(`${seen.folder}/dir`);
    if (root) fs.chownSync(`${seen.folder}/dir`, owner.uid, owner.gid);
    const secret = newSecret();
    expect(parseSecret(secret)).toBe(secret);
    return {
      secret,
      beside: temporaryPathOf(Buffer.from(`${seen.folder}/dir/new`), secret).toString(),
    };
  };

  it('is removed by the next one, which knows its secret', async () => {
    const { beside, secret } = prepare();
    fs.writeFileSync(beside, 'half');
    await removeLeftovers(seen.folder, set, newSecret());
    expect(fs.existsSync(beside)).toBe(true);
    await removeLeftovers(seen.folder, set, secret);
    expect(fs.readdirSync(`${seen.folder}/dir`)).toEqual([]);
  });

  it('is where the accept with that secret makes the entry', async () => {
    const { beside, secret } = prepare();
    let found: string[] = [];
    const read = (): Buffer => {
      found = fs.readdirSync(`${seen.folder}/dir`).map((name) => `${seen.folder}/dir/${name}`);
      return bytes;
    };
    await applyChanges(seen.folder, set, [], read, new Map(), secret);
    expect(found).toEqual([beside]);
  });

  it.runIf(root).each<[string, (at: string) => void]>([
    ['a folder with something in it', fillFolder],
    ['a file of another user', giveAway],
  ])(
    'stays where somebody put %s in its place, and the next accept applies all the same',
    async (_, plant) => {
      const { beside, secret } = prepare();
      plant(beside);
      await removeLeftovers(seen.folder, set, secret);
      expect(fs.existsSync(beside)).toBe(true);
      await applyChanges(seen.folder, set, [], () => bytes, new Map());
      expect(fs.readFileSync(`${seen.folder}/dir/new`, 'utf8')).toBe('of the run');
    },
  );
});
