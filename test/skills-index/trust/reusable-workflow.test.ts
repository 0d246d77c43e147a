import { describe, expect, it } from 'vitest';
import { identityId } from '../../../skills-index/statement/identity-id.ts';
import { decide } from '../../../skills-index/trust/decision/decision.ts';
import { slsaLevelOf } from '../../../skills-index/trust/decision/judge.ts';
import {
  idsOfClaims,
  personOf,
} from '../../../skills-index/trust/signatures/certified-identities.ts';
import { messagesOf, tellCertified } from '../story-certified.ts';
import { someWorkflow } from '../story-sigstore.ts';

/**
 * A workflow of ours that other repositories call: its certificates have its name, and the caller's
 * repository and workflow.
 */
const subject = 'https://ci.example/acme/release/.ci/publish.yml@refs/heads/main';
const ours = { issuer: someWorkflow.issuer, subject };
const theirs = {
  repository: '666',
  workflow: 'https://ci.example/mallory/evil/.ci/go.yml',
  ref: 'refs/heads/main',
};
const called = { ...ours, ...theirs, trigger: 'push' };
const callers = identityId({ issuer: ours.issuer, ...theirs });

describe('a repository that calls the reusable workflow of a publisher', () => {
  it('is not that publisher, whatever name its certificate bears, and is itself', () => {
    expect(idsOfClaims(called)).toEqual([callers]);
    expect(idsOfClaims({ ...called, instructions: subject })).toEqual([callers]);
    const { trigger: _, ...untold } = called;
    expect(idsOfClaims(untold)).toEqual([]);
  });

  it.each([
    [
      'its own workflow',
      { ...called, workflow: 'https://ci.example/acme/release/.ci/publish.yml' },
    ],
    ['a name that is no workflow’s', { ...called, instructions: 'https://ci.example/build/7' }],
  ])('differs from a job whose name is %s', (_, claims) => {
    expect(idsOfClaims(claims)).toContain(identityId(ours));
  });

  it('publishes nothing in that one’s scope', async () => {
    const claims = {
      ...someWorkflow,
      subject,
      repository: '666',
      buildConfig: `${theirs.workflow}@refs/heads/main`,
    };
    const publishedAs = async (one: typeof claims): Promise<string> =>
      messagesOf(decide((await tellCertified({ claims: one, publishers: [ours] })).input));
    expect(await publishedAs(claims)).toContain(
      'publisher-unknown: CI job https://ci.example/mallory/evil/.ci/go.yml of repository 666',
    );
    expect(await publishedAs({ ...claims, buildConfig: subject })).toBe('admitted');
  });

  it('shows no level for what the other one published', () => {
    const mine = {
      ...called,
      repository: '4711',
      workflow: 'https://ci.example/acme/release/.ci/publish.yml',
    };
    const [byMe, byThem] = [mine, called].map((claims) => ({
      signer: personOf(claims),
      signers: idsOfClaims(claims),
    }));
    expect([slsaLevelOf(byMe, byThem), slsaLevelOf(byThem, byMe), slsaLevelOf(byMe, byMe)]).toEqual(
      [0, 0, 2],
    );
  });
});
