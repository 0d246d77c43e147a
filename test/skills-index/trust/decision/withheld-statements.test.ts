/**
 * Attacks of a registry that shows true statements only, and withholds one: the version is then
 * admitted, though all statements of the log speak against it. The log’s map shows the gap.
 */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { keyStatement } from '../../../../skills-index/statement/attestation.ts';
import { namesRestedOn } from '../../../../skills-index/trust/members-and-scopes/names-rested-on.ts';
import {
  type Attack,
  ada,
  administrator,
  all,
  author,
  change,
  claim,
  codesOf,
  dora,
  end,
  enrol,
  friend,
  judged,
  kim,
  next,
  none,
  nothing,
  publishedBy,
  say,
  stop,
  storyOf,
  stranger,
  succeed,
} from './withheld.ts';

/** Each withheld statement takes a right that the version needs, or shows that nobody gave it. */
const attacks: readonly (readonly [string, Attack])[] = [
  ['the suspension of the publisher', { before: nothing, hidden: say(stop('suspended'), ada) }],
  [
    'the revocation of the version',
    {
      before: nothing,
      hidden: say(
        stop('revoked', { target: { name: '@acme/weekly-report', version: '1.4.0' } as never }),
        ada,
      ),
    },
  ],
  [
    'the new owner of the scope',
    { before: nothing, hidden: say((log) => change(log, [stranger.named]), author) },
  ],
  [
    'the first claim of the scope, by somebody else',
    {
      before: nothing,
      hidden: nothing,
      twist: {
        claim: all(say(claim('acme', [stranger]), stranger), say(claim('acme', [author]), author)),
      },
    },
  ],
  [
    'the end of a reviewer’s membership',
    { before: nothing, hidden: say(end('Ada', { key: ada.named }), administrator) },
  ],
  [
    'the end of the administrator who enrolled a reviewer',
    {
      before: all(
        say(end('Ada', { key: ada.named }), administrator),
        say(enrol('Eve', { key: dora.named, roles: ['administrator'] }), administrator),
      ),
      hidden: say(end('Eve', { key: dora.named }), administrator),
      after: say(enrol('Ada', { key: ada.named }), dora),
    },
  ],
  [
    'the member to whom a person at an issuer belongs',
    {
      before: say(end('Ada', { key: ada.named }), administrator),
      hidden: say(enrol('Dora', { key: dora.named, identities: [kim] }), administrator),
      after: say(enrol('Ada', { key: ada.named, identities: [kim] }), administrator),
    },
  ],
  [
    'the scope of a key that is no new key, and so no successor',
    {
      before: nothing,
      hidden: say(claim('other', [next]), next),
      after: say(succeed(author, next), author),
      twist: publishedBy(next),
    },
  ],
  [
    'the scope that a reviewer shares with the publisher whose suspension the reviewer lifts',
    {
      before: say(enrol('Dora', { key: dora.named }), administrator),
      hidden: say(claim('other', [author, dora]), dora),
      after: all(say(stop('suspended'), ada), say(stop('lifted'), dora)),
    },
  ],
  [
    'the second key of the reviewer, in a scope of the publisher whose suspension the reviewer lifts',
    {
      before: all(
        say(enrol('Dora', { key: dora.named }), administrator),
        say(claim('other', [author, friend]), author),
      ),
      hidden: say(enrol('Dora', { key: friend.named }), administrator),
      after: all(say(stop('suspended'), ada), say(stop('lifted'), dora)),
    },
  ],
  [
    'a lift that the registry logged again after the next suspension',
    {
      before: say(stop('suspended', { nonce: 'a'.repeat(22) }), ada),
      hidden: say(stop('lifted', { nonce: 'b'.repeat(22) }), ada),
      after: all(say(stop('suspended'), ada), say(stop('lifted', { nonce: 'b'.repeat(22) }), ada)),
    },
  ],
];

/**
 * The end of a key or a succession decides without the other scopes of the key. So a stranger who
 * names the key in other scopes adds nothing on which the key’s versions rest.
 */
const besides: readonly (readonly [string, Attack])[] = [
  [
    'the other scope of a key that its holder ended for the past',
    {
      before: say((log) => change(log, [friend.named], { publishers: [author.named] }), author),
      hidden: say(claim('other', [author]), author),
      after: say(keyStatement({ key: author.named, state: 'ended', validUpTo: 1 }), author),
    },
  ],
  [
    'the other scope of a successor that ended a key for the past',
    {
      before: all(
        say(succeed(author, next), author),
        say((log) => change(log, [author.named]), author),
      ),
      hidden: say(claim('other', [next]), next),
      after: say(keyStatement({ key: author.named, state: 'ended', validUpTo: 1 }), next),
    },
  ],
];

describe('a registry that withholds', () => {
  it.each(attacks)('%s', async (_, attack) => {
    const { story, secret } = await storyOf(attack);
    // The first claim of the story is withheld where no other statement is.
    const hidden = secret.size > 0 ? secret : new Set([3]);
    expect(judged(story, none, true).kind).toBe('refused');
    expect(codesOf(judged(story, none, true))).not.toContain('statements-withheld');
    // Without the map, nobody would notice.
    expect(codesOf(judged(story, hidden, false))).toEqual([]);
    expect(codesOf(judged(story, hidden, true))).toContain('statements-withheld');
    // The same road without the withheld statement is honest work.
    const honest = await storyOf({ ...attack, hidden: nothing });
    if (secret.size > 0) expect(codesOf(judged(honest.story, none, true))).toEqual([]);
  });
});

describe('a statement that changes nothing', () => {
  it.each<[string, Attack]>([
    [
      'was signed for another registry',
      { before: nothing, hidden: say(stop('revoked', { registry: digestOf('elsewhere') }), ada) },
    ],
    [
      'was signed by nobody with rights',
      { before: nothing, hidden: say(stop('revoked'), stranger) },
    ],
  ])('and %s is shown all the same', async (_, attack) => {
    const { story, secret } = await storyOf(attack);
    expect(codesOf(judged(story, none, true))).toEqual([]);
    expect(codesOf(judged(story, secret, true))).toEqual(['statements-withheld']);
  });

  it('because a stranger made it later about a key with a successor is not asked for', async () => {
    const names = ['one', 'two', 'three'];
    const { story, secret } = await storyOf({
      before: say(succeed(author, next), author),
      hidden: all(...names.map((scope) => say(claim(scope, [stranger, next, author]), stranger))),
      twist: publishedBy(next),
    });
    expect(secret.size).toBe(names.length);
    expect(codesOf(judged(story, secret, true))).toEqual([]);
    expect(codesOf(judged(story, none, true))).toEqual([]);
    const asked = namesRestedOn(story.line, story.log.said);
    expect([...asked.keys()]).not.toContain(`scope/${names[0]}`);
    expect([...asked.keys()]).not.toContain(`identity/${stranger.keyId}`);
  });

  it('costs nobody more, whoever names a key in scopes before its successor ends it', async () => {
    const { story, secret } = await storyOf({
      before: nothing,
      hidden: all(
        say(claim('other', [stranger, author]), stranger),
        ...Array.from({ length: 30 }, (_, nth) =>
          say(
            (log) =>
              change(log, [stranger.named, author.named], {
                scope: 'other',
                ...(nth % 2 === 0 ? {} : { publishers: [stranger.named] }),
              }),
            stranger,
          ),
        ),
      ),
      after: all(
        say(succeed(author, next), author),
        say(keyStatement({ key: author.named, state: 'ended' }), next),
      ),
      twist: publishedBy(next),
    });
    expect(secret.size).toBe(31);
    const asked = namesRestedOn(story.line, story.log.said);
    expect([...asked.keys()].filter((name) => name.startsWith('holder/'))).toEqual([
      `holder/${next.keyId}`,
    ]);
    expect(codesOf(judged(story, secret, true))).toEqual([]);
    expect(codesOf(judged(story, none, true))).toEqual([]);
  });

  it.each(besides)('because it names %s is not asked for', async (_, attack) => {
    const { story, secret } = await storyOf(attack);
    expect(secret.size).toBeGreaterThan(0);
    const asked = namesRestedOn(story.line, story.log.said);
    expect([...asked.keys()]).not.toContain('scope/other');
    expect(codesOf(judged(story, none, true))).toEqual(['publisher-unknown']);
    expect(codesOf(judged(story, secret, true))).toEqual(['publisher-unknown']);
  });

  it('because it is about others is not asked for', async () => {
    const { story, secret } = await storyOf({
      before: nothing,
      hidden: all(
        say(claim('other', [stranger, author]), stranger),
        say(keyStatement({ key: stranger.named, state: 'ended', validUpTo: 1 }), stranger),
        say(enrol('Dora', { key: dora.named }), administrator),
        say(stop('revoked', { target: { publisher: stranger.keyId } }), ada),
      ),
    });
    expect(codesOf(judged(story, secret, true))).toEqual([]);
  });
});
