/** Which suspension or revocation is in force against a version, and who may lift it. */
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  type RevocationPredicate,
  type RevocationTarget,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import {
  type ActiveStop,
  activeStop,
  type LoggedRevocation,
  type StopContext,
} from '../../../../skills-index/trust/decision/active-stop.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { registryIdOf } from '../../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot } from '../../story.ts';
import type { TestSigner } from '../../story-keys.ts';
import {
  ada,
  administrator,
  author,
  dora,
  enrol,
  friend,
  next,
  stranger,
  succeed,
} from './withheld.ts';

const acme = parseScope('acme');
const name = parseSkillName('@acme/weekly-report');
const version = parseVersion('1.4.0');
const bundle = digestOf('the bundle');
const addressAt = (logIndex: number): Digest => digestOf(`statement ${logIndex}`);

type Line = readonly [Statement, TestSigner];

/** Ada and Dora review, and the author’s key has a successor: log indexes 0 to 3. */
const identityLines: readonly Line[] = [
  [enrol('Ada', { key: ada.named }), administrator],
  [enrol('Dora', { key: dora.named }), administrator],
  [scopeStatement({ scope: acme, owners: [author.named] }), author],
  [succeed(author, next), author],
];
const published = 4;

type Stop = readonly [RevocationPredicate['kind'], RevocationTarget, TestSigner, string?];
const ofBundle = { bundle };
const ofVersion = { name, version };
const ofPublisher = ({ keyId }: TestSigner): RevocationTarget => ({ publisher: keyId });

/** The stop in force after these statements, each of which has the next log index. */
function inForce(
  stops: readonly Stop[],
  context: Partial<StopContext> = {},
  registry?: Digest,
): ActiveStop | undefined {
  const said = stops.map(([kind, target, signer, nonce = freshNonce()]): Line => {
    const reason = `${kind} as a test`;
    const bound = registry === undefined ? {} : { registry };
    return [revocationStatement({ kind, target, reason, nonce, ...bound }), signer];
  });
  const logged = [...identityLines, ...said].map(([statement, { keyId }], nth) => ({
    statement,
    signer: keyId,
    logIndex: nth < published ? nth : nth + 1,
    digest: addressAt(nth),
  }));
  const revocations = logged.slice(identityLines.length) as unknown as readonly LoggedRevocation[];
  const found = activeStop(
    {
      root: storyRoot,
      identities: chainIdentities(storyRoot, logged),
      version: { name, version, bundle, publisher: next.keyId },
      publish: { signer: next.keyId, logIndex: published },
      ...context,
    },
    revocations,
  );
  return found && { kind: found.kind, logIndex: found.logIndex, reason: found.reason };
}
const stopAt = (kind: ActiveStop['kind'], logIndex: number): ActiveStop => ({
  kind,
  logIndex,
  reason: `${kind} as a test`,
});

describe('a stop', () => {
  it.each<[string, RevocationTarget]>([
    ['its bundle', ofBundle],
    ['its name and version', ofVersion],
    ['its publisher', ofPublisher(next)],
    ['the key that its publisher had before', ofPublisher(author)],
  ])('is in force against a version by %s', (_, target) => {
    expect(inForce([['suspended', target, ada]])).toEqual(stopAt('suspended', 5));
    expect(inForce([['revoked', target, ada]])).toEqual(stopAt('revoked', 5));
  });

  it.each<[string, RevocationTarget]>([
    ['another bundle', { bundle: digestOf('another bundle') }],
    ['another version', { name, version: parseVersion('1.4.1') }],
    ['another skill', { name: parseSkillName('@acme/daily-report'), version }],
    ['another publisher', ofPublisher(stranger)],
  ])('is none against a version when it is about %s', (_, target) => {
    expect(inForce([['revoked', target, ada]])).toBeUndefined();
  });

  it('is about a publisher whom only the index line names, where no publication is known', () => {
    const context = { root: storyRoot, version: { name, version, bundle, publisher: next.keyId } };
    const identities = chainIdentities(storyRoot, []);
    const statement = revocationStatement({
      kind: 'suspended',
      target: ofPublisher(next),
      reason: 'suspended as a test',
      nonce: freshNonce(),
    });
    const by = { statement, signer: administrator.keyId, logIndex: 5, digest: addressAt(5) };
    expect(activeStop({ ...context, identities }, [by] as never)).toMatchObject(
      stopAt('suspended', 5),
    );
  });

  it('is about each identity that the certificate of the publication satisfies', () => {
    const publish = {
      signer: digestOf('a person'),
      signers: [stranger.keyId, friend.keyId],
      logIndex: published,
    };
    for (const one of [stranger, friend, next])
      expect(inForce([['revoked', ofPublisher(one), ada]], { publish })).toEqual(
        stopAt('revoked', 5),
      );
    expect(inForce([['revoked', ofPublisher(dora), ada]], { publish })).toBeUndefined();
  });
});

describe('a stop of another registry', () => {
  it('is in force there only', () => {
    const registry = digestOf('elsewhere');
    expect(inForce([['revoked', ofBundle, ada]], {}, registry)).toBeUndefined();
    const own = registryIdOf(storyRoot);
    expect(inForce([['revoked', ofBundle, ada]], {}, own)).toEqual(stopAt('revoked', 5));
  });
});

describe('who may stop a version', () => {
  it.each<[string, TestSigner, RevocationPredicate['kind'], boolean]>([
    ['a reviewer suspends', ada, 'suspended', true],
    ['a reviewer revokes', ada, 'revoked', true],
    ['an administrator revokes', administrator, 'revoked', true],
    ['the registry suspends', people.registry, 'suspended', true],
    ['the registry revokes', people.registry, 'revoked', false],
    ['an author suspends', next, 'suspended', false],
    ['a stranger revokes', stranger, 'revoked', false],
  ])('%s', (_, signer, kind, counts) => {
    expect(inForce([[kind, ofBundle, signer]])?.kind).toBe(counts ? kind : undefined);
  });
});

describe('a lift', () => {
  it.each<[string, readonly Stop[], ActiveStop | undefined]>([
    [
      'ends a suspension',
      [
        ['suspended', ofBundle, ada],
        ['lifted', ofBundle, ada],
      ],
      undefined,
    ],
    [
      'of a publisher ends the suspension of a bundle',
      [
        ['suspended', ofBundle, ada],
        ['lifted', ofPublisher(next), ada],
      ],
      undefined,
    ],
    [
      'of one publisher does not end the suspension of another',
      [
        ['suspended', ofPublisher(next), ada],
        ['lifted', ofPublisher(author), ada],
      ],
      stopAt('suspended', 5),
    ],
    [
      'does not end what is suspended later',
      [
        ['lifted', ofBundle, ada],
        ['suspended', ofBundle, ada],
      ],
      stopAt('suspended', 6),
    ],
    [
      'does not end a revocation',
      [
        ['revoked', ofBundle, ada],
        ['lifted', ofBundle, ada],
      ],
      stopAt('revoked', 5),
    ],
    [
      'of another version ends nothing',
      [
        ['suspended', ofBundle, ada],
        ['lifted', { name, version: parseVersion('1.4.1') }, ada],
      ],
      stopAt('suspended', 5),
    ],
    [
      'by the registry or a stranger ends nothing',
      [
        ['suspended', ofBundle, ada],
        ['lifted', ofBundle, people.registry],
        ['lifted', ofBundle, stranger],
      ],
      stopAt('suspended', 5),
    ],
    [
      'counts where it is logged first',
      [
        ['lifted', ofBundle, ada, 'a'.repeat(22)],
        ['suspended', ofBundle, ada],
        ['lifted', ofBundle, ada, 'a'.repeat(22)],
      ],
      stopAt('suspended', 6),
    ],
  ])('%s', (_, stops, expected) => {
    expect(inForce(stops)).toEqual(expected);
  });

  it('is nobody’s who published the version', () => {
    const stops: readonly Stop[] = [
      ['suspended', ofBundle, ada],
      ['lifted', ofBundle, dora],
    ];
    expect(inForce(stops)).toBeUndefined();
    const publish = { signer: dora.keyId, logIndex: published };
    expect(inForce(stops, { publish })).toEqual(stopAt('suspended', 5));
  });
});

describe('of several stops', () => {
  it.each<[string, readonly Stop[], ActiveStop]>([
    [
      'the revocation counts, whatever follows',
      [
        ['revoked', ofBundle, ada],
        ['suspended', ofVersion, ada],
      ],
      stopAt('revoked', 5),
    ],
  ])('%s', (_, stops, expected) => {
    expect(inForce(stops)).toEqual(expected);
  });
});
