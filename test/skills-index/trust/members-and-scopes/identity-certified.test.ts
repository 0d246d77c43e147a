/** Owners and publishers whom an issuer vouches for, in the chain of who is who. */
import { describe, expect, it } from 'vitest';
import type { OidcIdentity, Statement } from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import { isAuthor } from '../../../../skills-index/trust/members-and-scopes/authors.ts';
import type { LoggedStatement } from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import type { CertificateClaims } from '../../../../skills-index/trust/signatures/certificate-identity.ts';
import {
  idsOfClaims,
  personOf,
} from '../../../../skills-index/trust/signatures/certified-identities.ts';
import { people, storyRoot } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import { job, kim } from './history-people.ts';
import { acme, addressAt, claim, late, membership } from './spoken.ts';

const { administrator, author, ada, stranger } = people;
const second = testSigner('second key');
const third = testSigner('third key');

const jobClaims: CertificateClaims = {
  ...job,
  subject: `${job.workflow}@refs/heads/main`,
  trigger: 'push',
};

type Speaker = TestSigner | CertificateClaims;
type Spoken = readonly [Statement, Speaker];
const byOf = (who: Speaker): Pick<LoggedStatement, 'signer' | 'signers'> =>
  'keyId' in who ? { signer: who.keyId } : { signer: personOf(who), signers: idsOfClaims(who) };
const chain = (...spoken: Spoken[]) =>
  chainIdentities(
    storyRoot,
    spoken.map(([statement, who], logIndex) => ({
      statement,
      ...byOf(who),
      logIndex,
      digest: addressAt(logIndex),
    })),
  );

describe('a scope', () => {
  it.each<[string, CertificateClaims]>([
    ['another issuer', { ...kim, issuer: 'https://accounts.example.evil.example' }],
  ])('of a person is not claimed or changed by %s', (_, claims) => {
    expect(chain([claim([kim]), claims]).ownersOf(acme, late)).toEqual([]);
    const after = chain([claim([kim]), kim], [claim([stranger], { previous: 0 }), claims]);
    expect(after.ownersOf(acme, late)).toEqual([kim]);
    expect(after.ignored).toMatchObject([
      { logIndex: 1, why: expect.stringContaining('did not own @acme') },
    ]);
  });

  it('changes hands from a person to a key and back, each change by who owned it then', () => {
    const after = chain(
      [claim([kim]), kim],
      [claim([author], { previous: 0 }), kim],
      [claim([kim], { previous: 1 }), kim],
      [claim([kim, job], { previous: 1 }), author],
    );
    expect([1, 2, 4].map((at) => after.ownersOf(acme, at))).toEqual([
      [kim],
      [author.named],
      [kim, job],
    ]);
    expect(after.ignored.map(({ logIndex }) => logIndex)).toEqual([2]);
    expect(after.scopesOf(identityId(job), late)).toEqual([acme]);
  });

  it('that names publishers lets exactly those publish, and its owners change it', () => {
    const after = chain([claim([author], { publishers: [job] }), author]);
    expect(after.publishersOf(acme, late)).toEqual([job]);
    expect(after.ownersOf(acme, late)).toEqual([author.named]);
    const byJob = chain(
      [claim([author], { publishers: [job] }), author],
      [claim([job], { previous: 0 }), jobClaims],
    );
    expect(byJob.ownersOf(acme, late)).toEqual([author.named]);
  });
});

describe('who is who', () => {
  const enrolment = membership('Kim', ada);
  it.each<[string, Statement]>([['a member', enrolment]])(
    'is not said by certificate: %s',
    (_, statement) => {
      for (const claims of [kim, jobClaims]) {
        const after = chain([claim([kim, job, author]), kim], [statement, claims]);
        expect(after.ignored).toMatchObject([
          { logIndex: 1, why: 'a certificate cannot sign a statement of this kind' },
        ]);
        expect(after.isMember(ada.keyId, 'reviewer', late)).toBe(false);
        expect(after.ownersOf(acme, late)).toHaveLength(3);
      }
    },
  );

  it('does not take a signer for an administrator because its certificate satisfies nobody', () => {
    const claims = { ...jobClaims, trigger: 'pull_request' };
    expect(chain([enrolment, claims]).isMember(ada.keyId, 'reviewer', late)).toBe(false);
    expect(chain([enrolment, administrator]).isMember(ada.keyId, 'reviewer', late)).toBe(true);
  });
});

describe('a member whom an administrator calls somebody at an issuer', () => {
  const enrol = (name: string, key: TestSigner, identities?: readonly OidcIdentity[]): Spoken => [
    membership(name, key, identities === undefined ? {} : { identities }),
    administrator,
  ];

  it('is an author of what that person owns or publishes, by every key and passkey of the same name', () => {
    const after = chain(
      [claim([kim]), kim],
      enrol('Kim', ada, [kim]),
      enrol('Kim', second),
      enrol('Lea', third, []),
    );
    const published = { scope: acme, signer: identityId(kim), logIndex: 5 };
    for (const keyId of [ada.keyId, second.keyId])
      expect(isAuthor(after, published, { keyId }, late)).toBe(true);
    expect(isAuthor(after, published, { member: 'Kim' }, late)).toBe(true);
    expect(isAuthor(after, published, { keyId: third.keyId }, late)).toBe(false);
    expect(after.memberOf(third.keyId, late)?.identities).toEqual([]);
    expect(after.memberOf(second.keyId, late)?.identities).toBeUndefined();
  });

  it('stays one after being enrolled anew as nobody there', () => {
    const after = chain([claim([kim]), kim], enrol('Kim', ada, [kim]), enrol('Kim', ada, []));
    expect(
      isAuthor(
        after,
        { scope: acme, signer: identityId(kim), logIndex: 5 },
        { keyId: ada.keyId },
        late,
      ),
    ).toBe(true);
  });

  it('shares no person with another name, and may share a job', () => {
    const taken = chain(enrol('Kim', ada, [kim]), enrol('Lea', second, [kim]));
    expect(taken.ignored).toMatchObject([
      { logIndex: 1, why: 'its key, passkey or identity belongs to Kim' },
    ]);
    expect(taken.memberOf(second.keyId, late)).toBeUndefined();
    const shared = chain(enrol('Kim', ada, [job]), enrol('Lea', second, [job]));
    expect(shared.ignored).toEqual([]);
    const published = { scope: acme, signer: identityId(job), logIndex: 5 };
    const after = chain(
      [claim([job]), jobClaims],
      enrol('Kim', ada, [job]),
      enrol('Lea', second, [job]),
    );
    for (const keyId of [ada.keyId, second.keyId])
      expect(isAuthor(after, published, { keyId }, late)).toBe(true);
  });
});
