import { describe, expect, it } from 'vitest';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import type { Identity } from '../../../../skills-index/statement/attestation.ts';
import { printIdentity } from '../../../../skills-index/statement/identity-id.ts';
import { describeForeignPublisher } from '../../../../skills-index/trust/decision/version.ts';
import { people } from '../../story.ts';

const acme = parseScope('acme');
const { author, stranger } = people;
const job: Identity = {
  issuer: 'https://ci.example',
  repository: '1',
  workflow: 'https://ci.example/a/release',
  ref: 'refs/heads/main',
};
/** Those who publish at log index 7, and somebody else now. */
const publishing = (...then: Identity[]) => ({
  publishersOf: (_: unknown, at: number): Identity[] => (at === 7 ? then : [people.ada.named]),
});
const signer = stranger.keyId;

describe('what is said of somebody who does not publish in a scope', () => {
  it('names who does, then and now', () => {
    const named = printIdentity(author.named);
    expect(describeForeignPublisher(publishing(author.named), acme, { signer, logIndex: 7 })).toBe(
      `${signer} was no publisher of @acme at log index 7; its publishers are ${named}`,
    );
    expect(describeForeignPublisher(publishing(author.named), acme, { signer })).toBe(
      `${signer} is no publisher of @acme; its publishers are ${printIdentity(people.ada.named)}`,
    );
  });

  it('says that a scope publishes from CI only when nobody else may', () => {
    expect(describeForeignPublisher(publishing(job), acme, { signer, logIndex: 7 })).toBe(
      `@acme publishes from CI only, by ${printIdentity(job)}; ${signer} signed this`,
    );
    expect(
      describeForeignPublisher(publishing(job, author.named), acme, { signer, logIndex: 7 }),
    ).toBe(
      `${signer} was no publisher of @acme at log index 7; its publishers are ${printIdentity(job)} or ${printIdentity(author.named)}`,
    );
  });

  it('names nobody where nobody publishes', () => {
    expect(describeForeignPublisher(publishing(), acme, { signer, logIndex: 7 })).toBe(
      `${signer} was no publisher of @acme at log index 7`,
    );
  });

  it('names whom a certificate names', () => {
    const claims = { issuer: 'https://login.example', subject: 'eve@example.org' };
    expect(
      describeForeignPublisher(publishing(), acme, { signer, certified: { claims }, logIndex: 7 }),
    ).toContain('eve@example.org');
  });
});
