/**
 * Bundles that a real Fulcio, rekor-tiles and timestamp authority certified (made by `npm run
 * test:sigstore -- --fixtures`).
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import {
  idsOfClaims,
  printClaims,
} from '../../../skills-index/trust/signatures/certified-identities.ts';
import { verifyCertified } from '../../../skills-index/trust/signatures/verify-statement.ts';
import type { FixtureCase } from '../../sigstore/fixtures.ts';
import { verifyArtifact } from '../../sigstore/verify-artifact.ts';

const read = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../fixtures/sigstore/${name}`, import.meta.url)));
const json = (name: string) => JSON.parse(read(name).toString('utf8'));
const trustedRoot = json('trusted_root.json');
const cases: FixtureCase[] = json('cases.json');
const ours = cases.filter(({ name }) => !name.startsWith('cosign'));

describe.each(cases)('$name', ({ bundle, artifact, identity, issuer }) => {
  const verify = (bytes: Buffer, subject: string, by: string) =>
    verifyArtifact(read(bundle), digestOf(bytes), { subject, issuer: by }, trustedRoot);

  it('is verified for exactly its signer', () => {
    expect(verify(read(artifact), identity, issuer)).toMatchObject({ subject: identity, issuer });
  });

  it.each<[string, () => unknown]>([
    ['a longer identity', () => verify(read(artifact), `x${identity}`, issuer)],
    ['another issuer', () => verify(read(artifact), identity, `${issuer}/`)],
  ])('is refused for %s', (_, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code: 'identity-mismatch' }));
  });

  it('is refused for another artifact', () => {
    expect(() => verify(Buffer.from('other'), identity, issuer)).toThrow(
      expect.objectContaining({ code: 'subject-mismatch' }),
    );
  });
});

describe.each(ours)('$name, in our own profile', ({ bundle, identity, issuer, name }) => {
  it('names who signed, and when', () => {
    const { claims, signedAt } = verifyCertified(json(bundle), trustedRoot);
    expect(claims).toMatchObject({ subject: identity, issuer });
    expect(signedAt).toBeGreaterThan(Date.parse('2026-01-01'));
    const repository = { github: '420042', gitlab: '31337' }[name.split(' ')[0] ?? ''];
    expect(claims.repository).toBe(repository);
    expect(printClaims(claims)).toContain(repository ?? identity);
    expect(idsOfClaims(claims).length).toBe(
      repository === undefined ? 1 : claims.environment === undefined ? 2 : 4,
    );
  });

  it.each<[string, (copy: typeof trustedRoot) => unknown]>([
    ['its certificate authority', (copy) => ({ ...copy, certificateAuthorities: [] })],
    ['its log', (copy) => ({ ...copy, tlogs: [] })],
    ['its certificate log', (copy) => ({ ...copy, ctlogs: [] })],
    ['its timestamp authority', (copy) => ({ ...copy, timestampAuthorities: [] })],
  ])('is refused by a trusted root without %s', (_, without) => {
    expect(() => verifyCertified(json(bundle), without(structuredClone(trustedRoot)))).toThrow(
      expect.objectContaining({ name: 'Problem' }),
    );
  });
});
