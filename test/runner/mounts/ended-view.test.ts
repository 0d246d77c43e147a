import { expect, it } from 'vitest';
import { type EndedView, withRepositories } from '../../../runner/mounts/ended-view.ts';
import { controlled } from '../../../skills-index/run/changes/protected-names.ts';

const found = {
  changes: [],
  refused: [{ path: 'sub/.git', why: controlled }],
  conflicts: [],
};
const endedWith = (workTrees: readonly string[]) => ({ workTrees }) as unknown as EndedView;

it.each([true, false])('tells whether a limit keeps commits in the view: %s', async (limited) => {
  let asked: readonly string[] = [];
  const ended = await withRepositories(
    found,
    async ({ workTrees }) => {
      asked = workTrees;
      return {
        repositories: [],
        left: [{ path: 'sub/.git', why: 'too many' }],
        changes: [],
        limited,
      };
    },
    endedWith,
  );
  expect(asked).toEqual(['sub']);
  expect(ended).toEqual({
    changes: [],
    refused: [{ path: 'sub/.git', why: 'too many' }],
    conflicts: [],
    limited,
  });
});

it('leaves git’s folders in the view where nobody hands them over', async () => {
  expect(await withRepositories(found, undefined, endedWith)).toEqual({ ...found, limited: false });
});
