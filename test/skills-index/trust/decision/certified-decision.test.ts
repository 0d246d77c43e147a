/**
 * Versions that somebody published by certificate: what is admitted, and each way in which it is
 * not.
 */
import { describe, expect, it } from 'vitest';
import {
  memberStatement,
  type OidcIdentity,
  predicateTypes,
  revocationStatement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import { decide } from '../../../../skills-index/trust/decision/decision.ts';
import { people, type Twist, tellStory } from '../../story.ts';
import {
  acme,
  type Cast,
  certified,
  job,
  kim,
  messagesOf,
  sigstore,
  tellCertified,
  trustedRoot,
} from '../../story-certified.ts';
import type { TestLog } from '../../story-log.ts';
import { somebody, someWorkflow, type TestClaims, TestSigstore } from '../../story-sigstore.ts';

const { author } = people;
const { ref: _, ...anywhere } = job;
const inRelease = { ...anywhere, environment: 'release' };
const elsewhere = new TestSigstore('elsewhere');

describe('a version that somebody published by certificate', () => {
  it.each<[string, Cast]>([
    ['a person who owns the scope', { owners: [kim] }],
    ['a CI job on its branch', { claims: someWorkflow, publishers: [job] }],
    [
      'a CI job in its environment, whatever the branch',
      {
        claims: { ...someWorkflow, environment: 'release' },
        publishers: [inRelease],
      },
    ],
  ])('is admitted from %s', async (_, cast) => {
    const story = await tellCertified(cast);
    const decision = decide(story.input);
    expect(messagesOf(decision)).toBe('admitted');
    expect(decision).toMatchObject({
      publisher: identityId((cast.publishers ?? cast.owners ?? [])[0] ?? kim),
    });
  });

  it('is refused where no Sigstore is trusted, in so many words', async () => {
    const { sigstore: _, ...input } = (await tellCertified({ publishers: [kim] })).input;
    expect(messagesOf(decide(input))).toContain(
      'A certificate signed the statement, and no Sigstore root is trusted here',
    );
  });

  it('is refused where another Sigstore is trusted', async () => {
    const { input } = await tellCertified({ publishers: [kim] });
    expect(messagesOf(decide({ ...input, sigstore: elsewhere.trustedRoot }))).toMatch(
      /statement-(missing|invalid)/,
    );
  });
  const ci = (change: Partial<TestClaims>): Cast => ({
    claims: { ...someWorkflow, ...change },
    publishers: [job],
  });
  it.each<[string, Cast, string]>([
    [
      'another branch',
      ci({
        ref: 'refs/heads/evil',
        buildConfig: 'https://ci.example/acme/skills/.ci/publish.yml@refs/heads/evil',
      }),
      'at refs/heads/evil',
    ],
    [
      'a pull request',
      ci({ trigger: 'pull_request' }),
      'started by pull_request, which publishes nothing',
    ],
    [
      'a person where only CI publishes',
      { claims: somebody, owners: [author.named, kim], publishers: [job] },
      'ada@people.example (https://accounts.example) signed this',
    ],
  ])('is refused from %s', async (_, cast, says) => {
    const text = messagesOf(decide((await tellCertified(cast)).input));
    expect(text).toContain('publisher-unknown');
    expect(text).toContain(says);
  });

  it('is refused from a key that owns a scope which publishes from CI only', async () => {
    const claim = scopeStatement({ scope: acme, owners: [author.named], publishers: [job] });
    const { input } = await tellStory({ claim: (log) => log.say(claim, author) });
    expect(messagesOf(decide({ ...input, sigstore: trustedRoot }))).toContain(
      `@acme publishes from CI only, by CI job https://ci.example/acme/skills/.ci/publish.yml of repository 4711 at refs/heads/main (https://token.ci.example); ${author.keyId} signed this`,
    );
  });

  it('is refused when an owner was added by somebody who owned nothing', async () => {
    const intruder = sigstore.certify({ ...somebody, subject: 'mallory@people.example' });
    const added = { issuer: somebody.issuer, subject: 'mallory@people.example' };
    const story = await tellCertified({
      signer: intruder,
      twist: {
        before: async (log) => {
          const [claim] = log.said.slice(-1);
          const change = {
            scope: acme,
            owners: [author.named, added],
            ...(claim === undefined ? {} : { previous: claim.digest }),
          };
          await certified(log, scopeStatement(change), intruder);
        },
      },
    });
    expect(
      messagesOf(
        decide({ ...story.input, line: { ...story.input.line, publisher: identityId(added) } }),
      ),
    ).toContain('publisher-unknown');
  });
});

describe('an author whom an issuer vouches for', () => {
  /** What the administrator says of Ada at issuers, in place of "nobody"; undefined for nothing. */
  const adaIs = (identities: readonly OidcIdentity[] | undefined): Twist => ({
    statement: (one) => {
      if (one.predicateType !== predicateTypes.member || one.predicate.name !== 'Ada') return one;
      const { identities: _, ...said } = one.predicate;
      return memberStatement({ ...said, ...(identities === undefined ? {} : { identities }) });
    },
  });
  const about = async (
    cast: Cast,
    identities: readonly OidcIdentity[] | undefined,
  ): Promise<string> =>
    messagesOf(decide((await tellCertified({ ...cast, twist: adaIs(identities) })).input));

  it.each<[string, Cast, OidcIdentity]>([['as who owns the scope', { owners: [kim] }, kim]])(
    'does not approve their own with an enrolled key: %s',
    async (_, cast, identity) => {
      const other = { issuer: somebody.issuer, subject: 'ada@reviewers.example' };
      expect(await about(cast, [other])).toBe('admitted');
      expect(await about(cast, [other, identity])).toContain(
        'Ada at log index 6 does not count: an author cannot approve their own version',
      );
    },
  );

  it('is asked for nothing where no person stands behind a version', async () => {
    expect(await about({ claims: someWorkflow, publishers: [job] }, undefined)).toBe('admitted');
    expect(decide((await tellStory(adaIs(undefined))).input).kind).toBe('admitted');
  });

  it('never lifts what stopped their version, nor does a member of whom nobody said who they are', async () => {
    const told = async (identities: readonly OidcIdentity[] | undefined) => {
      const target = { bundle: (await tellStory()).packed.digest };
      const say = (kind: 'suspended' | 'lifted') =>
        revocationStatement({ kind, target, reason: 'looked at', nonce: `nonce-of-${kind}-000` });
      const twist = adaIs(identities);
      const between = async (log: TestLog) => {
        await log.say(say('suspended'), people.administrator);
        await log.say(say('lifted'), people.ada);
      };
      return messagesOf(
        decide((await tellCertified({ publishers: [kim], twist: { ...twist, between } })).input),
      );
    };
    expect(await told([])).toBe('admitted');
    expect(await told(undefined)).toContain('suspended at log index');
    expect(await told([kim])).toContain('suspended at log index');
  });
});
