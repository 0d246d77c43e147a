import { describe, expect, it } from 'vitest';
import { type AdmissionRequest, admit } from '../../runner/admission/admit.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { parseScope, parseSkillName } from '../../skills-index/skill/name.ts';
import { revocationStatement, scopeStatement } from '../../skills-index/statement/attestation.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { freshNonce } from '../nonce.ts';
import { people, storyNow, storyRoot, storyStatus, tellStory } from '../skills-index/story.ts';
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

describe('a second place of status.json', () => {
  it.each([
    ['none', undefined],
    ['one that is no status', Buffer.from('{}')],
  ])('never undoes a revocation that was seen, where the registry shows %s', async (_, shown) => {
    const story = await tellStory();
    const yesterday = story.status;
    const before = storyPaths(story);
    const revocation = {
      kind: 'revoked',
      target: { bundle: story.packed.digest },
      reason: 'it leaks',
    } as const;
    await story.log.say(revocationStatement({ nonce: freshNonce(), ...revocation }), people.ada);
    const mark = {
      bundle: story.packed.digest,
      kind: 'revoked',
      reason: 'it leaks',
      since: '2026-03-02T10:00:00.000Z',
    } as const;
    const after = storyPaths(story).set(
      statusPath,
      await storyStatus(story.log, [mark], storyNow - minute),
    );
    const store = memoryStore();
    expect(await codes(ask({ store, fetch: storyFetch(after) }))).toContain('revoked');

    before.delete(statusPath);
    if (shown !== undefined) before.set(statusPath, shown);
    const asked = ask({ store, fetch: with2nd(before, yesterday), statusUrls: [second] });
    expect(await codes(asked)).not.toContain('admitted');
  });

  it('is proven to continue the same log when it is the newer one', async () => {
    const story = await tellStory();
    const before = storyPaths(story);
    await story.log.say(
      scopeStatement({ scope: parseScope('later'), owners: [people.author.named] }),
      people.author,
    );
    const paths = new Map([
      ...before,
      ...[...storyPaths(story)].filter(([path]) => path.startsWith('/log/')),
    ]);
    const newer = await storyStatus(story.log, [], storyNow - minute);
    expect(await codes(ask({ fetch: with2nd(paths, newer), statusUrls: [second] }))).toEqual([
      'admitted',
    ]);
  });

  it('stops a version as long as it marks it suspended, though a newer status of the registry is silent', async () => {
    const story = await tellStory();
    const { digest: bundle } = story.packed;
    const mark = {
      bundle,
      kind: 'suspended',
      reason: 'it leaks',
      since: '2026-03-02T10:00:00.000Z',
    } as const;
    const marked = await storyStatus(story.log, [mark], storyNow - 120 * minute);
    const silent = storyPaths(story).set(
      statusPath,
      await storyStatus(story.log, [], storyNow - minute),
    );
    const answer = (status: Uint8Array) =>
      codes(ask({ fetch: with2nd(silent, status), statusUrls: [second] }));
    expect(await answer(marked)).toEqual(['suspended']);
    // A lift counts when both places have shown it.
    expect(await answer(await storyStatus(story.log, [], storyNow - minute))).toEqual(['admitted']);
    const old = await storyStatus(story.log, [mark], storyNow - 25 * 60 * minute);
    expect(await answer(old)).toEqual(['admitted']);
  });
});
