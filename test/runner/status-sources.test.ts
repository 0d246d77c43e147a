import { describe, expect, it } from 'vitest';
import { type AdmissionRequest, admit } from '../../runner/admission/admit.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { stoppedStory } from '../skills-index/stopped-story.ts';
import {
  people,
  scanOf,
  storyNow,
  storyRoot,
  storyStatus,
  tellStory,
} from '../skills-index/story.ts';
import { storyFetch, storyPaths } from '../skills-index/story-server.ts';

const statusPath = '/index/status.json';
const second = 'https://mirror.example/status.json';
const minute = 60_000;

function ask(
  change: Pick<AdmissionRequest, 'fetch'> & Partial<AdmissionRequest>,
): AdmissionRequest {
  return {
    store: memoryStore(),
    base: 'http://skills.example',
    root: storyRoot,
    policy: defaultPolicy,
    now: storyNow,
    name: parseSkillName('@acme/weekly-report'),
    range: '1.4.0',
    ...change,
  };
}

async function codes(request: AdmissionRequest): Promise<string[]> {
  const { decision } = await admit(request);
  return decision.kind === 'admitted'
    ? ['admitted']
    : decision.reasons.map((reason) => reason.code);
}

/** The registry's own paths, and another host that serves one status. */
function with2nd(paths: Map<string, Uint8Array>, status: Uint8Array): AdmissionRequest['fetch'] {
  const registry = storyFetch(paths);
  return async (input, init) =>
    String(input) === second ? new Response(Buffer.from(status)) : registry(input, init);
}

/**
 * A registry whose log has grown, although its status shows the head `before`. The second source
 * shows the new head.
 */
async function grownLog(): Promise<{ before: Map<string, Uint8Array>; asked: AdmissionRequest }> {
  const story = await tellStory();
  const before = storyPaths(story);
  // A statement without names leaves the map as it is.
  await story.log.say(scanOf(story.about, story.report), people.scanner);
  const log = [...storyPaths(story)].filter(([path]) => path.startsWith('/log/'));
  const newer = await storyStatus(story.log, storyNow - minute);
  const fetch = with2nd(new Map([...before, ...log]), newer);
  return { before, asked: ask({ fetch, statusUrls: [second] }) };
}

describe('a second place of status.json', () => {
  it.each([
    ['none', undefined],
    ['one that is no status', Buffer.from('{}')],
  ])('never undoes a revocation that was seen, where the registry shows %s', async (_, shown) => {
    const stopped = await stoppedStory('revoked');
    const before = new Map(stopped.pathsBefore);
    const yesterday = before.get(statusPath) ?? new Uint8Array();
    const after = storyPaths(stopped);
    const store = memoryStore();
    expect(await codes(ask({ store, fetch: storyFetch(after) }))).toContain('revoked');

    before.delete(statusPath);
    if (shown !== undefined) before.set(statusPath, shown);
    const asked = ask({ store, fetch: with2nd(before, yesterday), statusUrls: [second] });
    expect(await codes(asked)).not.toContain('admitted');
  });

  it('is proven to continue the same log when it is the newer one', async () => {
    const { asked } = await grownLog();
    expect(await codes(asked)).toEqual(['admitted']);
  });

  it('stops a version with a head that a newer status of the registry hides', async () => {
    const stopped = await stoppedStory('suspended');
    const redated = await stopped.redated(storyNow - minute);
    const silent = new Map([...stopped.pathsBefore, [statusPath, redated]]);
    const answer = (status: Uint8Array, paths = silent) =>
      codes(ask({ fetch: with2nd(paths, status), statusUrls: [second] }));
    const shown = await storyStatus(stopped.log, storyNow - 120 * minute);
    expect(await answer(shown)).toContain('names-unproven');
    // The same with the honest registry, which proves the suspension.
    expect(await answer(shown, storyPaths(stopped))).toEqual(['suspended']);
    // Without the second source, and with one that has expired, nobody sees the larger head.
    expect(await codes(ask({ fetch: storyFetch(silent) }))).toEqual(['admitted']);
    const old = await storyStatus(stopped.log, storyNow - 25 * 60 * minute);
    expect(await answer(old)).not.toContain('suspended');
  });

  it('raises no alarm offline, where it had shown a newer head than the registry', async () => {
    const { asked, before } = await grownLog();
    expect(await codes(asked)).toEqual(['admitted']);
    expect(await codes({ ...asked, offline: true })).toEqual(['admitted']);
    // An older registry is an alarm all the same.
    expect(await codes({ ...asked, fetch: storyFetch(before) })).toContain('log-rolled-back');
  });
});
