import { describe, expect, it } from 'vitest';
import { rememberHead } from '../../../skills-index/client/admission-evidence.ts';
import {
  fetchVersionEvidence,
  nameProofsTriesMax,
} from '../../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { signCheckpoint } from '../../../skills-index/log/sign-cosignature.ts';
import { hexOf } from '../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName } from '../../../skills-index/skill/name.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { decide } from '../../../skills-index/trust/decision/decision.ts';
import { signStatus } from '../../../skills-index/trust/index-files/sign-status.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { stoppedStory } from '../stopped-story.ts';
import { people, storyNow, storyRoot, storyStatus, tellStory } from '../story.ts';
import { deadFetch, storyFetch, storyPaths } from '../story-server.ts';

const name = parseSkillName('@acme/weekly-report');
const story = await tellStory();
const query = (paths = storyPaths(story), store = memoryStore(), asked: string[] = []) => ({
  fetch: storyFetch(paths, asked),
  store,
  base: 'http://skills.example/',
  root: storyRoot,
  now: storyNow,
  name,
  range: '^1.0.0',
});
const judged = { root: storyRoot, policy: defaultPolicy, now: storyNow };

describe('fetching a version', () => {
  it('brings everything that an admission needs', async () => {
    const evidence = await fetchVersionEvidence(query());
    expect(decide({ ...evidence, ...judged })).toMatchObject({
      kind: 'admitted',
      version: '1.4.0',
    });
    expect(evidence.consistency?.size).toBe(story.log.said.length - 1);
  });

  it('works from the store alone once it worked', async () => {
    const store = memoryStore();
    await fetchVersionEvidence(query(undefined, store));
    const evidence = await fetchVersionEvidence({
      ...query(undefined, store),
      fetch: deadFetch,
      offline: true,
    });
    expect(decide({ ...evidence, ...judged })).toMatchObject({ kind: 'admitted' });
  });

  it('takes no proofs of an older head than a further source shows', async () => {
    const told = await tellStory();
    const paths = storyPaths(told);
    const claim = scopeStatement({ scope: parseScope('later'), owners: [people.stranger.named] });
    await told.log.say(claim, people.stranger);
    const asked: string[] = [];
    const furtherStatuses = [await storyStatus(told.log)];
    const evidence = await fetchVersionEvidence({
      ...query(paths, memoryStore(), asked),
      furtherStatuses,
    });
    const words = asked.filter((path) => path.startsWith('/proofs/'));
    expect(words).toHaveLength(nameProofsTriesMax);
    const decision = decide({ ...evidence, ...judged });
    expect(decision.kind === 'refused' && decision.reasons.map(({ code }) => code)).toContain(
      'names-unproven',
    );
    const newer = storyPaths(told);
    newer.set('/index/status.json', paths.get('/index/status.json') ?? new Uint8Array());
    const proven = await fetchVersionEvidence({ ...query(newer), furtherStatuses });
    expect(decide({ ...proven, ...judged })).toMatchObject({ kind: 'admitted' });
  });

  it('asks for no blob twice', async () => {
    const store = memoryStore();
    const asked = [] as string[];
    await fetchVersionEvidence(query(undefined, store));
    await fetchVersionEvidence(query(undefined, store, asked));
    expect(asked.filter((path) => path.startsWith('/blobs/'))).toEqual([]);
  });

  it('shows a version that the index calls revoked to the judge when there is no other', async () => {
    const stopped = await stoppedStory('revoked');
    const line = {
      ...stopped.line,
      stopped: { kind: 'revoked', since: '2026-03-01T12:00:00.000Z' } as const,
    };
    const index = Buffer.from(`${canonicalJson(line)}\n`);
    const paths = storyPaths(stopped).set(`/index/${line.name}`, index);
    const decision = decide({ ...(await fetchVersionEvidence(query(paths))), ...judged });
    expect(decision).toMatchObject({
      kind: 'refused',
      reasons: [{ code: 'revoked', message: expect.stringContaining('it leaks') }],
    });
  });

  it('of a registry without a map is refused, with the reason', async () => {
    const { log } = story;
    const status = {
      checkpoint: await signCheckpoint({ origin: log.origin, ...log.head }, log.key),
      issued: new Date(storyNow - 3_600_000).toISOString(),
      expires: new Date(storyNow + 3_600_000).toISOString(),
    };
    const bytes = Buffer.from(JSON.stringify(await signStatus(status, people.status)));
    const paths = storyPaths(story).set('/index/status.json', bytes);
    paths.delete('/proofs/@acme/weekly-report/1.4.0');
    const decision = decide({ ...(await fetchVersionEvidence(query(paths))), ...judged });
    expect(decision).toMatchObject({
      kind: 'refused',
      reasons: [{ code: 'names-unproven', message: expect.stringContaining('no map of names') }],
    });
  });

  it.each([
    ['a dead registry', { fetch: deadFetch }, 'registry-down'],
    ['an empty store without a network', { offline: true }, 'registry-down'],
    ['a range that no version is in', { range: '^9.0.0' }, 'not-found'],
    ['a skill that nobody published', { name: parseSkillName('@acme/other') }, 'not-found'],
  ])('fails with a code on %s', async (_, change, code) => {
    await expect(fetchVersionEvidence({ ...query(), ...change })).rejects.toMatchObject({ code });
  });

  it('leaves out what the registry withholds, and the judge says so', async () => {
    const paths = storyPaths(story);
    paths.delete(`/blobs/sha256/${hexOf(story.summary.digest)}`);
    const decision = decide({ ...(await fetchVersionEvidence(query(paths))), ...judged });
    expect(decision).toMatchObject({ kind: 'refused' });
  });
});

describe('the log that was seen', () => {
  it('may grow', async () => {
    const longer = await tellStory();
    const store = memoryStore();
    const first = query(storyPaths(longer), store);
    const evidenceOfFirst = await fetchVersionEvidence(first);
    const decision = decide({ ...evidenceOfFirst, ...judged });
    await rememberHead(first, evidenceOfFirst, decision);
    await longer.log.say(
      scopeStatement({ scope: parseScope('other'), owners: [people.stranger.named] }),
      people.stranger,
    );
    const paths = storyPaths(longer).set('/index/status.json', await storyStatus(longer.log));
    const evidence = await fetchVersionEvidence(query(paths, store));
    expect(evidence.seen?.checkpoint.size).toBe(longer.log.said.length - 1);
    expect(decide({ ...evidence, ...judged })).toMatchObject({ kind: 'admitted' });
  });

  it('may not become another one: the same registry told anew is refused', async () => {
    const store = memoryStore();
    const other = await tellStory();
    const asked = query(undefined, store);
    const evidence = await fetchVersionEvidence(asked);
    await rememberHead(asked, evidence, decide({ ...evidence, ...judged }));
    const again = decide({
      ...(await fetchVersionEvidence(query(storyPaths(other), store))),
      ...judged,
    });
    expect(again).toMatchObject({ kind: 'refused', reasons: [{ code: 'log-rolled-back' }] });
  });
});
