import { describe, expect, it } from 'vitest';
import { type AdmissionRequest, admit } from '../../runner/admission/admit.ts';
import { memoryStore, type Store } from '../../skills-index/client/store.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName } from '../../skills-index/skill/name.ts';
import {
  keyStatement,
  memberStatement,
  predicateTypes,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../skills-index/statement/attestation.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { freshNonce } from '../nonce.ts';
import {
  people,
  type Story,
  storyNow,
  storyRoot,
  storyStatus,
  tellStory,
} from '../skills-index/story.ts';
import { testSigner } from '../skills-index/story-keys.ts';
import type { TestLog } from '../skills-index/story-log.ts';
import { storyFetch, storyPaths } from '../skills-index/story-server.ts';

const { administrator, author, ada } = people;
const heir = testSigner('heir of the author');
const name = parseSkillName('@acme/weekly-report');

const rotated = keyStatement({ key: heir.named, state: 'enrolled', replaces: author.keyId });
const ended = keyStatement({ key: author.named, state: 'ended' });

/**
 * Where a statement is hidden: in the index line, in all answers of the registry, or, by a thief of
 * the log’s key, in the map, too.
 */
type Place = 'line' | 'answers' | 'map';

/** One host: what it is shown of the story's version, and what it says to it. */
function hostOf(story: Story, store: Store = memoryStore(), place: Place = 'map') {
  return async (
    hidden: readonly Statement[] = [],
    change: Partial<AdmissionRequest> = {},
  ): Promise<string[]> => {
    const admitted = story.log.said.filter(({ statement }) => !hidden.includes(statement));
    const kept = new Set(admitted.map(({ digest }) => digest));
    const line = {
      ...story.line,
      statements: story.line.statements.filter((digest) => kept.has(digest)),
    };
    const mapped = place === 'map' ? admitted : story.log.said;
    const status = await storyStatus(story.log, undefined, mapped);
    const paths = storyPaths({ ...story, line, status }, mapped);
    for (const { statement, logIndex } of place === 'line' ? [] : story.log.said)
      if (hidden.includes(statement)) paths.delete(`/log/statements/${logIndex}`);
    const where = { fetch: storyFetch(paths), store, base: 'http://skills.example' };
    const what = { root: storyRoot, policy: defaultPolicy, now: storyNow, name, range: '1.4.0' };
    const { decision } = await admit({ ...where, ...what, ...change });
    return decision.kind === 'refused' ? decision.reasons.map(({ code }) => code) : ['admitted'];
  };
}

/** What a thief, or somebody who was sent away, would like a registry to leave out. */
const attacks: readonly (readonly [
  string,
  string,
  readonly Statement[],
  (log: TestLog) => Promise<unknown>,
])[] = [
  [
    'the end of a key that its successor stated',
    'publisher-unknown',
    [rotated, ended],
    async (log) => {
      await log.say(rotated, author);
      await log.say(ended, heir);
    },
  ],
  ...(() => {
    const gone = memberStatement({
      nonce: freshNonce(),
      name: 'Ada',
      roles: ['reviewer'],
      key: ada.named,
      state: 'ended',
    });
    return [
      [
        'the end of a member',
        'approval-invalid',
        [gone],
        (log: TestLog) => log.say(gone, administrator),
      ] as const,
    ] as const;
  })(),
  ...(() => {
    const word = revocationStatement({
      kind: 'revoked',
      target: { publisher: author.keyId },
      reason: 'stolen laptop',
      nonce: freshNonce(),
    } as const);
    return [
      ['a word on a publisher', 'revoked', [word], (log: TestLog) => log.say(word, ada)] as const,
    ] as const;
  })(),
];

describe('a host that saw', () => {
  it.each(attacks)(
    '%s refuses what rests on it when the registry leaves it out',
    async (_, code, hidden, before) => {
      const story = await tellStory({ before });
      const stranger = hostOf(story);
      expect(
        await stranger(hidden),
        'a host that never saw it is shown what a thief of the log’s key chooses',
      ).toEqual(['admitted']);
      const host = hostOf(story);
      expect(await host()).toContain(code);
      expect(await host(hidden)).toContain(code);
    },
  );

  it.each(attacks)(
    'nothing of the registry needs no memory: the map shows that %s is left out',
    async (_, code, hidden, before) => {
      const story = await tellStory({ before });
      expect(await hostOf(story, memoryStore(), 'line')(hidden)).toContain(code);
      expect(await hostOf(story, memoryStore(), 'answers')(hidden)).toContain(
        'statements-withheld',
      );
    },
  );

  it('a later owner of a scope refuses a version of the earlier one when the registry leaves the change out', async () => {
    let change: Statement = ended;
    const story = await tellStory({
      before: async (log) => {
        const claim = log.said.find(
          ({ statement }) => statement.predicateType === predicateTypes.scope,
        );
        if (claim === undefined) throw new Error('no claim');
        change = scopeStatement({
          scope: parseScope('acme'),
          owners: [heir.named],
          previous: claim.digest,
        });
        await log.say(change, author);
      },
    });
    const host = hostOf(story);
    expect(await host()).toContain('publisher-unknown');
    expect(await host([change])).toContain('publisher-unknown');
  });

  it('an honest rotation admits version after version, though their lines name different statements', async () => {
    const story = await tellStory({
      before: async (log) => {
        await log.say(rotated, author);
        await log.say(ended, heir);
      },
      signer: (one) => (one.predicateType === predicateTypes.publish ? heir : undefined),
    });
    const host = hostOf(story, memoryStore(), 'line');
    for (const hidden of [[], [ended], []]) expect(await host(hidden)).toEqual(['admitted']);
  });

  it('what is judged as of a time gone by is not judged by what was learned since', async () => {
    const story = await tellStory({ before: async (log) => log.say(ended, author) });
    const host = hostOf(story);
    await host();
    expect(await host([ended], { past: true })).toEqual(['admitted']);
  });

  it('learns nothing from a log that is in doubt', async () => {
    const story = await tellStory({ before: async (log) => log.say(ended, author) });
    const store = memoryStore();
    await hostOf(story, store)([], { now: storyNow + 30 * 86_400_000 });
    expect(await store.listNamed('known')).toEqual([]);
  });

  it('refuses with the file and the way out when a statement that it kept is damaged', async () => {
    const story = await tellStory();
    const store = memoryStore();
    const host = hostOf(story, store);
    await host();
    const [first = ''] = await store.listNamed('known');
    const bytes = Buffer.from((await store.getNamed(`known/${first}`)) ?? []);
    await store.putNamed(`known/${first}`, bytes.subarray(1));
    await expect(host()).rejects.toMatchObject({
      code: 'memory-damaged',
      hint: expect.stringContaining('backup'),
    });
    await store.putNamed(`known/${first}`, bytes);
    expect(await host()).toEqual(['admitted']);
  });

  it('keeps statements about who is who, and no other', async () => {
    const story = await tellStory();
    const store = memoryStore();
    await hostOf(story, store)();
    const kept = await store.listNamed('known');
    const identities: Digest[] = story.identities.map(({ digest }) => digest);
    expect(kept.map((hex) => `sha256:${hex}`)).toEqual([...identities].sort());
  });

  it('keeps nothing of strangers, though a mirror shows it beside the evidence', async () => {
    const stranger = testSigner('stranger');
    const next = testSigner('next of the stranger');
    const others = parseScope('other');
    const story = await tellStory({
      before: async (log) => {
        await log.say(keyStatement({ key: stranger.named, state: 'enrolled' }), stranger);
        await log.say(scopeStatement({ scope: others, owners: [stranger.named] }), stranger);
        await log.say(
          keyStatement({ key: next.named, state: 'enrolled', replaces: stranger.keyId }),
          stranger,
        );
        await log.say(keyStatement({ key: stranger.named, state: 'ended' }), next);
      },
    });
    const store = memoryStore();
    expect(await hostOf(story, store)()).toEqual(['admitted']);
    const kept = new Set((await store.listNamed('known')).map((hex) => `sha256:${hex}`));
    const strangers = story.log.said.filter(
      ({ signer }) => signer === stranger.keyId || signer === next.keyId,
    );
    expect(strangers.filter(({ digest }) => kept.has(digest))).toEqual([]);
    expect(kept.size).toBeGreaterThan(0);
  });

  it('keeps what the keys did that followed an owner, their ends included', async () => {
    const story = await tellStory({
      before: async (log) => {
        await log.say(rotated, author);
        await log.say(ended, heir);
      },
      signer: (one) => (one.predicateType === predicateTypes.publish ? heir : undefined),
    });
    const store = memoryStore();
    await hostOf(story, store)();
    const kept = new Set((await store.listNamed('known')).map((hex) => `sha256:${hex}`));
    for (const one of [rotated, ended])
      expect(
        story.log.said.some(({ statement, digest }) => statement === one && kept.has(digest)),
      ).toBe(true);
  });
});
