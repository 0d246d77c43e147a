import { expect, it } from 'vitest';
import { peekStatus } from '../../../skills-index/client/peek.ts';
import { signStatus } from '../../../skills-index/trust/index-files/sign-status.ts';
import type { RootFile } from '../../../skills-index/trust/root/root.ts';
import { people, storyNow, storyRoot } from '../story.ts';
import { TestLog } from '../story-log.ts';

const status = {
  checkpoint: await new TestLog('skills.example').note(),
  issued: '2026-03-02T11:00:00.000Z',
  expires: '2026-03-03T11:00:00.000Z',
};
const bytes = Buffer.from(JSON.stringify(await signStatus(status, people.status)));
const strangers = { ...storyRoot, status: storyRoot.log } as RootFile;

it('takes a status that one root file has verified for no status of another registry', () => {
  expect(peekStatus(bytes, { root: storyRoot, now: storyNow })).toEqual(status);
  expect(peekStatus(bytes, { root: strangers, now: storyNow })).toBeUndefined();
  expect(peekStatus(bytes, { root: storyRoot, now: storyNow })).toEqual(status);
});

it('looks again at a status that it did not take before', () => {
  const tooEarly = Date.parse(status.issued) - 3_600_000;
  const copy = Buffer.from(bytes);
  expect(peekStatus(copy, { root: storyRoot, now: tooEarly })).toBeUndefined();
  expect(peekStatus(copy, { root: storyRoot, now: storyNow })).toEqual(status);
});
