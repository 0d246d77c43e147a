import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  CiIdentity,
  Identity,
  PersonIdentity,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import type { CertificateClaims } from '../../../../skills-index/trust/signatures/certificate-identity.ts';
import {
  idsOfClaims,
  personOf,
  printClaims,
} from '../../../../skills-index/trust/signatures/certified-identities.ts';

const kim: PersonIdentity = { issuer: 'https://accounts.example', subject: 'kim@people.example' };
const job: CiIdentity = {
  issuer: 'https://token.ci.example',
  repository: '4711',
  workflow: 'https://ci.example/acme/skills/.ci/publish.yml',
  ref: 'refs/heads/main',
};
const jobClaims: CertificateClaims = {
  ...job,
  subject: `${job.workflow}@refs/heads/main`,
  trigger: 'push',
};

describe('a certificate', () => {
  const all = { ...jobClaims, environment: 'release' };
  const { issuer, repository, workflow, ref } = job;
  it('speaks for its exact subject and for the jobs that it satisfies, and for nothing else', () => {
    expect(idsOfClaims(all)).toEqual(
      [
        { issuer, subject: all.subject },
        { issuer, repository, workflow, ref },
        { issuer, repository, workflow, environment: 'release' },
        { issuer, repository, workflow, ref, environment: 'release' },
      ].map((one) => identityId(one as Identity)),
    );
    expect(idsOfClaims(kim)).toEqual([identityId(kim)]);
  });

  it.each(['pull_request', 'merge_request_event'])(
    'of a job that %s started speaks for nobody, not even for its exact subject',
    (trigger) => {
      expect(idsOfClaims({ ...all, trigger })).toEqual([]);
      expect(printClaims({ ...all, trigger })).toContain(
        `started by ${trigger}, which publishes nothing`,
      );
    },
  );

  it.each(['trigger', 'repository', 'workflow'] as const)(
    'that does not say its %s speaks for no job',
    (field) => {
      const { [field]: _, ...rest } = all;
      expect(idsOfClaims(rest)).toEqual([identityId({ issuer, subject: all.subject })]);
    },
  );

  it('is named as the person in it, and is printed as the narrowest job that it satisfies', () => {
    expect(personOf(all)).toBe(identityId({ issuer, subject: all.subject }));
    expect(printClaims(kim)).toBe('kim@people.example (https://accounts.example)');
    const at =
      'CI job https://ci.example/acme/skills/.ci/publish.yml of repository 4711 at refs/heads/main';
    expect(printClaims(jobClaims)).toBe(`${at} (https://token.ci.example)`);
    expect(printClaims(all)).toBe(`${at}, environment release (https://token.ci.example)`);
  });

  it('speaks for an identity exactly when every field that the identity names is the same', () => {
    const text = fc.constantFrom('a', 'aa', 'A', 'a/', 'b');
    const claims = fc.record({
      issuer: text,
      subject: text,
      repository: text,
      workflow: text,
      ref: text,
      environment: text,
      trigger: fc.constant('push'),
    });
    const identity = fc.record(
      { issuer: text, repository: text, workflow: text, ref: text, environment: text },
      { requiredKeys: ['issuer', 'repository', 'workflow'] },
    );
    fc.assert(
      fc.property(claims, identity, (one, named) => {
        const bound = named.ref !== undefined || named.environment !== undefined;
        const same = Object.entries(named).every(
          ([field, value]) => one[field as keyof typeof one] === value,
        );
        expect(idsOfClaims(one).includes(identityId(named as CiIdentity))).toBe(bound && same);
      }),
    );
  });
});
