import { describe, expect, it, vi } from 'vitest';
import { type AdmissionRequest, admit, requireAdmitted } from '../../../runner/admission/admit.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { printIndexLine } from '../../../skills-index/trust/index-files/index-line.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { stoppedStory } from '../../skills-index/stopped-story.ts';
import { people, storyNow, storyRoot, storyStatus, tellStory } from '../../skills-index/story.ts';
import { TestLog } from '../../skills-index/story-log.ts';
import { deadFetch, storyFetch, storyPaths } from '../../skills-index/story-server.ts';

const story = await tellStory();
const name = parseSkillName('@acme/weekly-report');
const day = 24 * 3_600_000;
const statusPath = '/index/status.json';
const indexPath = '/index/@acme/weekly-report';

const request = (change: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  fetch: storyFetch(storyPaths(story)),
  store: memoryStore(),
  base: 'http://skills.example',
  root: storyRoot,
  policy: defaultPolicy,
  now: storyNow,
  name,
  range: '^1.0.0',
  ...change,
});
const serving = (paths: Map<string, Uint8Array>): Pick<AdmissionRequest, 'fetch'> => ({
  fetch: storyFetch(paths),
});
async function codes(asked: AdmissionRequest): Promise<string[]> {
  const { decision } = await admit(asked);
  return decision.kind === 'admitted'
    ? ['admitted']
    : decision.reasons.map((reason) => reason.code);
}

describe('admit', () => {
  it('admits what is published, scanned, approved, logged and not revoked', async () => {
    const { decision, notes } = await admit(request());
    expect(decision).toMatchObject({
      kind: 'admitted',
      version: '1.4.0',
      bundle: story.packed.digest,
    });
    expect(notes).toEqual([]);
    expect(requireAdmitted({ decision }, name).approvals).toHaveLength(2);
  });

  it('keeps what an admitted version rests on, and nothing of what a refused one brought but its status', async () => {
    const kept = async (change: Partial<AdmissionRequest>): Promise<boolean[]> => {
      const store = memoryStore();
      await codes(request({ store, ...change }));
      const digests = [story.packed.digest, ...story.line.statements];
      return [
        ...new Set(
          (await Promise.all(digests.map((one) => store.get(one)))).map((one) => one !== undefined),
        ),
      ];
    };
    expect(await kept({})).toEqual([true]);
    const line = printIndexLine({ ...story.line, publisher: people.stranger.keyId });
    const paths = storyPaths(story).set(indexPath, Buffer.from(`${line}\n`));
    expect(await kept(serving(paths))).toEqual([false]);
  });

  it('refuses a registry whose statements together are more than an admission takes', async () => {
    const junk = Array.from({ length: 5 }, (_, at) => Buffer.alloc(8 * 1024 * 1024, at + 1));
    const line = printIndexLine({
      ...story.line,
      statements: junk.map((one) => digestOf(one)).sort(),
    });
    const paths = storyPaths(story).set(indexPath, Buffer.from(`${line}\n`));
    for (const bytes of junk) paths.set(`/blobs/sha256/${hexOf(digestOf(bytes))}`, bytes);
    const store = memoryStore();
    await expect(admit(request({ store, ...serving(paths) }))).rejects.toMatchObject({
      code: 'registry-answer-invalid',
      message: expect.stringContaining('as the evidence of one version'),
    });
    for (const bytes of junk) expect(await store.get(digestOf(bytes))).toBeUndefined();
  });

  it('refuses under another root than the registry’s', async () => {
    const root = {
      ...storyRoot,
      registry: { key: people.stranger.named.spki },
      administrators: [],
    };
    expect(await codes(request({ root }))).not.toContain('admitted');
  });

  it.each([{ registry: 'corp.example' }, { capabilities: digestOf('other') }, { logIndex: 0 }])(
    'refuses a lock that says %j',
    async (pinned) => {
      expect(await codes(request({ pinned }))).toEqual(['lock-mismatch']);
    },
  );

  it.each(['fetched', 'cached'])(
    'refuses a %s blob of the evidence that was changed',
    async (where) => {
      const asked = request();
      if (where === 'cached') await admit(asked);
      const paths = storyPaths(story).set(
        `/blobs/sha256/${hexOf(story.summary.digest)}`,
        Buffer.from('{}'),
      );
      if (where === 'cached') await asked.store.put(story.summary.digest, Buffer.from('{}'));
      await expect(admit({ ...asked, ...serving(paths) })).rejects.toMatchObject({
        code: 'signature-invalid',
      });
    },
  );
});

describe('admit, when the registry is down', () => {
  const cached = async (): Promise<AdmissionRequest> => {
    const asked = request();
    await admit(asked);
    return { ...asked, fetch: deadFetch };
  };

  it('uses the status it has while that is fresh, and says so', async () => {
    const { decision, notes } = await admit(await cached());
    expect(decision.kind).toBe('admitted');
    expect(notes).toEqual([
      'http://skills.example does not answer: connect ECONNREFUSED; this host uses the evidence that it kept',
      'the last known status of this version counts until 2026-03-03T11:00:00.000Z',
    ]);
  });

  it('refuses once that status is older than a day', async () => {
    const asked = await cached();
    expect(await codes({ ...asked, now: storyNow + 23 * 3_600_000 - 1 })).toEqual(['admitted']);
    const late = await admit({ ...asked, now: storyNow + day });
    expect(late.decision).toMatchObject({ kind: 'refused', reasons: [{ code: 'status-stale' }] });
    expect(() => requireAdmitted(late, name)).toThrow(
      expect.objectContaining({ code: 'status-stale' }),
    );
  });

  it('does not take an interruption for it: of the registry, or of another place of the status', async () => {
    for (const statusUrls of [[], ['https://mirror.example/status.json']]) {
      const stop = new AbortController();
      const asked = await cached();
      const { fetch } = request();
      const interrupted: typeof fetch = async (input, init) => {
        if (statusUrls.length > 0 && !String(input).startsWith('https://mirror'))
          return fetch(input, init);
        stop.abort();
        throw stop.signal.reason;
      };
      const admission = admit({ ...asked, statusUrls, fetch: interrupted, signal: stop.signal });
      await expect(admission).rejects.toMatchObject({ code: 'interrupted' });
    }
  });

  it('admits nothing that it never saw', async () => {
    await expect(admit(request({ fetch: deadFetch }))).rejects.toMatchObject({
      code: 'registry-down',
    });
  });

  it('does not fall back when the registry answers nonsense', async () => {
    const asked = request();
    await admit(asked);
    const paths = storyPaths(story).set(indexPath, Buffer.from('<html>'));
    await expect(admit({ ...asked, ...serving(paths) })).rejects.toMatchObject({
      code: 'registry-answer-invalid',
    });
  });
});

describe('admit, and what was seen of the log', () => {
  // A longer story of the same log: more was said after the version was approved.
  const longer = async () => {
    const told = await tellStory();
    const before = storyPaths(told);
    await told.log.say(
      scopeStatement({ scope: parseScope('later'), owners: [people.author.named] }),
      people.author,
    );
    const after = storyPaths(told).set(statusPath, await storyStatus(told.log));
    return { before, after };
  };

  it('refuses a log that was rolled back', async () => {
    const { before, after } = await longer();
    const asked = request();
    expect(await codes({ ...asked, ...serving(after) })).toEqual(['admitted']);
    expect(await codes({ ...asked, ...serving(before) })).toContain('log-rolled-back');
    expect(await codes(request(serving(before)))).toEqual(['admitted']);
  });

  it('remembers what it saw when it refused too: a revocation cannot be taken back by an older log', async () => {
    const stopped = await stoppedStory('revoked');
    const asked = request();
    expect(await codes({ ...asked, ...serving(storyPaths(stopped)) })).toContain('revoked');
    const before = { fetch: storyFetch(stopped.pathsBefore) };
    expect(await codes({ ...asked, ...before })).toContain('log-rolled-back');
  });

  it('does not take the head of a log that it refused', async () => {
    const { before, after } = await longer();
    const asked = request();
    await admit({ ...asked, ...serving(after) });
    const kept = await asked.store.getNamed('checkpoint');
    await admit({ ...asked, ...serving(before) });
    expect(await asked.store.getNamed('checkpoint')).toEqual(kept);
  });
});

describe('admit, with a second source of status', () => {
  const second = 'https://mirror.example/status.json';

  it('refuses a version whose revocation the registry hides', async () => {
    const stopped = await stoppedStory('revoked');
    // A thief of the status key dates the older head later than the newer head.
    const redated = await stopped.redated(storyNow - 30_000);
    const registry = storyFetch(new Map([...stopped.pathsBefore, [statusPath, redated]]));
    const fetch: AdmissionRequest['fetch'] = async (input, init) =>
      String(input) === second ? new Response(Buffer.from(stopped.status)) : registry(input, init);
    expect(await codes(request({ fetch }))).toEqual(['admitted']);
    expect(await codes(request({ fetch, statusUrls: [second] }))).toContain('names-unproven');
  });

  it.each<[string, (init: RequestInit | undefined) => Promise<Response>, RegExp]>([
    [
      'never answers',
      (init) =>
        new Promise((_, reject) =>
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
        ),
      /does not answer/,
    ],
    [
      'never ends',
      async () =>
        new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(1 << 20)) })),
      /sent more than/,
    ],
    [
      'sends elsewhere',
      async (init) => {
        if (init?.redirect === 'error') throw new TypeError('unexpected redirect');
        return new Response(Buffer.from((await stoppedStory('revoked')).status));
      },
      /does not answer/,
    ],
  ])('goes on when it %s', async (_, mirror, says) => {
    const soon = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error('too late')), 50);
      return stop.signal;
    });
    const registry = storyFetch(storyPaths(story));
    const fetch: AdmissionRequest['fetch'] = (input, init) =>
      String(input) === second ? mirror(init) : registry(input, init);
    const { decision, notes } = await admit(request({ fetch, statusUrls: [second] }));
    soon.mockRestore();
    expect(decision.kind).toBe('admitted');
    expect(notes.join()).toMatch(says);
  });
});

describe('a host that gives an expired status some grace', () => {
  const late = { now: storyNow + day + 3_600_000, statusGraceHours: 3 } as const;

  it('is told at each use how long it counts, and what is not known until then', async () => {
    const store = memoryStore();
    await admit(request({ store }));
    for (const change of [{ offline: true }, { fetch: deadFetch }]) {
      const { decision, notes } = await admit(request({ store, ...late, ...change }));
      expect(decision).toMatchObject({ kind: 'admitted', onGrace: true });
      expect(notes.join()).toMatch(
        /expired at 2026-03-03T11:00:00\.000Z and counts until 2026-03-03T14:00:00\.000Z by the grace period of host policy: this host does not know later revocations/,
      );
    }
  });

  it.each<[string, Partial<AdmissionRequest>]>([
    ['it is over', { now: storyNow + day + 3 * 3_600_000 }],
    ['none is given', { statusGraceHours: 0 }],
  ])('refuses as before when %s', async (_, change) => {
    const store = memoryStore();
    await admit(request({ store }));
    expect(await codes(request({ store, ...late, offline: true, ...change }))).toEqual([
      'status-stale',
    ]);
  });

  it('gives none to a registry that answers with an old status: it may hide a revocation', async () => {
    expect(await codes(request(late))).toEqual(['status-stale']);
  });
});

describe('a log that is not the one that was seen', () => {
  it('is refused, and both signed heads are kept to be sent on', async () => {
    const other = await tellStory();
    const store = memoryStore();
    await admit(request({ store }));
    const admission = await admit(request({ store, fetch: storyFetch(storyPaths(other)) }));
    expect(admission.decision).toMatchObject({
      kind: 'refused',
      alarm: { kind: 'log-rolled-back', proven: true },
    });
    const kept = JSON.parse(
      Buffer.from((await store.getNamed(admission.kept ?? '')) ?? []).toString('utf8'),
    );
    const notes = await Promise.all([story.log.note(), other.log.note()]);
    expect(kept.heads.map((head: { note: string }) => head.note)).toEqual(notes);
    expect(() => requireAdmitted(admission, name)).toThrow(
      expect.objectContaining({
        reasons: expect.arrayContaining([
          {
            message: `the registry signed two contradicting heads of its log, and ${admission.kept} keeps both: send the file to other users of the registry`,
          },
        ]),
      }),
    );
  });

  it('is said where the version is not there at all, as after a backup of yesterday', async () => {
    const yesterday = new TestLog('skills.example');
    const store = memoryStore();
    await yesterday.say(story.publish.statement, people.author);
    await admit(request({ store }));
    const paths = storyPaths(story)
      .set(statusPath, await storyStatus(yesterday))
      .set(indexPath, Buffer.from(''));
    const asked = request({ store, fetch: storyFetch(paths) });
    const problem = await admit(asked).catch((cause: unknown) => cause);
    expect(problem).toMatchObject({
      code: 'log-rolled-back',
      reasons: [
        { message: expect.stringContaining('the log has lost entries: size 9 ') },
        { message: expect.stringContaining('restored from an old backup') },
      ],
    });
    paths.set(statusPath, story.status);
    await expect(admit(asked)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('does not become the one that is remembered', async () => {
    const other = await tellStory();
    const store = memoryStore();
    await admit(request({ store }));
    const fork = request({ store, fetch: storyFetch(storyPaths(other)) });
    expect([await codes(fork), await codes(fork)]).toEqual([
      ['log-rolled-back'],
      ['log-rolled-back'],
    ]);
    expect(await codes(request({ store }))).toEqual(['admitted']);
  });
});

describe('requireAdmitted', () => {
  it('throws every reason', () => {
    const reason = (code: 'revoked' | 'status-stale') =>
      ({ code, message: `it is ${code}`, hint: 'do not' }) as const;
    const decision = {
      kind: 'refused',
      learned: [],
      reasons: [reason('revoked'), reason('status-stale')],
    } as const;
    expect(() => requireAdmitted({ decision }, name)).toThrow(
      expect.objectContaining({
        code: 'not-admitted',
        hint: 'do not',
        reasons: [
          { message: 'revoked: it is revoked' },
          { message: 'status-stale: it is status-stale' },
        ],
      }),
    );
  });

  it('admits nothing for a refusal without reasons', () => {
    expect(() =>
      requireAdmitted({ decision: { kind: 'refused', learned: [], reasons: [] } }, name),
    ).toThrow(expect.objectContaining({ code: 'not-admitted' }));
  });
});
