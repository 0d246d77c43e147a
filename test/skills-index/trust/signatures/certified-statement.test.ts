/** Statements that a certificate signed: what verifies, and each way in which it does not. */
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import {
  memberStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import { toCertifiedBundle } from '../../../../skills-index/statement/signature-formats/make-bundle.ts';
import {
  type CertifiedBundle,
  isCertified,
  type PlainBundle,
  withoutOwnEntry,
} from '../../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { verificationSummaryStatement } from '../../../../skills-index/statement/version-statement.ts';
import { verifyStatement } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { freshNonce } from '../../../nonce.ts';
import { approvalBy, people, storyRoot } from '../../story.ts';
import { acme, kim, sigstore, tellCertified, trustedRoot } from '../../story-certified.ts';
import { TestLog } from '../../story-log.ts';
import { certifiedAt, somebody } from '../../story-sigstore.ts';

const { author, ada } = people;

describe('a certified bundle', () => {
  const signer = sigstore.certify(somebody);
  const claim = scopeStatement({ scope: acme, owners: [kim] });
  const log = new TestLog(storyRoot.origin);
  const options = { root: storyRoot, sigstore: trustedRoot };
  const make = async (plain: Promise<PlainBundle>): Promise<CertifiedBundle> => {
    const { bundle } = await log.appendCertified(claim, await plain, signer.keyId);
    if (!isCertified(bundle)) throw new Error('not certified');
    return bundle;
  };
  const codeOf = (bundle: unknown): string => {
    try {
      verifyStatement(bundle, options);
      return 'verified';
    } catch (error) {
      if (error instanceof Problem) return `${error.code}: ${error.message}`;
      throw error;
    }
  };

  it('is verified as whom its certificate names, at the place that our log gives it', async () => {
    const plain = await sigstore.say(claim, signer);
    const bundle = await make(Promise.resolve(plain));
    expect(verifyStatement(bundle, options)).toMatchObject({
      statement: claim,
      signer: identityId(kim),
      signers: [identityId(kim)],
      logIndex: log.said.length - 1,
      certified: { claims: somebody, signedAt: certifiedAt.getTime() + 60_000 },
    });
    expect(withoutOwnEntry(bundle)).toEqual(plain);
  });

  type Change = (bundle: CertifiedBundle, other: CertifiedBundle) => unknown;
  const material =
    (
      change: (
        own: CertifiedBundle['verificationMaterial'],
        other: CertifiedBundle['verificationMaterial'],
      ) => object,
    ): Change =>
    (bundle, other) => ({
      ...bundle,
      verificationMaterial: {
        ...bundle.verificationMaterial,
        ...change(bundle.verificationMaterial, other.verificationMaterial),
      },
    });
  const entries = (
    change: (own: readonly unknown[], other: readonly unknown[]) => readonly unknown[],
  ): Change =>
    material((own, other) => ({ tlogEntries: change(own.tlogEntries, other.tlogEntries) }));

  it.each<[string, Change, string]>([
    ['our entry missing', entries(([, rekor]) => [rekor]), 'statement-invalid'],
    ['Rekor’s entry missing', entries(([own]) => [own]), 'statement-invalid'],
    [
      'our entry of another envelope',
      entries(([, rekor], [own]) => [own, rekor]),
      'about another envelope or signer',
    ],
    [
      'our entry at another place',
      entries(([own, rekor]) => [{ ...(own as { inclusionProof: object }), logIndex: '0' }, rekor]),
      'different indexes',
    ],
    [
      'a proof for another place in our log',
      entries(([own, rekor]) => {
        const entry = own as CertifiedBundle['verificationMaterial']['tlogEntries'][0];
        return [
          { ...entry, logIndex: '0', inclusionProof: { ...entry.inclusionProof, logIndex: '0' } },
          rekor,
        ];
      }),
      'does not lead from the entry',
    ],
    [
      'an own entry that names another log',
      entries(([own, rekor]) => [
        { ...(own as object), logId: { keyId: Buffer.alloc(32).toString('base64') } },
        rekor,
      ]),
      'names another log',
    ],
    [
      'a key beside the certificate',
      material(() => ({ publicKey: { hint: author.keyId } })),
      'statement-invalid',
    ],
  ])('with %s does not verify', async (_, change, says) => {
    const bundle = await make(sigstore.say(claim, signer));
    const change2 = scopeStatement({ scope: acme, owners: [author.named] });
    const somebodyElse = sigstore.certify(
      { ...somebody, subject: 'mallory@people.example' },
      {},
      'other',
    );
    const { bundle: other } = await log.appendCertified(
      change2,
      await sigstore.say(change2, somebodyElse),
      author.keyId,
    );
    expect(codeOf(bundle)).toBe('verified');
    expect(codeOf(change(bundle, other as CertifiedBundle))).toContain(says);
  });

  const minutes = (count: number): Date => new Date(certifiedAt.getTime() + count * 60_000);

  it('of a payload that is no in-toto statement does not verify', async () => {
    const plain = sigstore.sign(Buffer.from('{}'), signer, minutes(1), 'application/json');
    expect(codeOf(await make(plain))).toContain('not an in-toto statement');
  });

  it('whose entry in our log names the key alone does not verify', async () => {
    const plain = await sigstore.say(claim, signer);
    const keyed = await log.append(claim, plain.dsseEnvelope, signer);
    const bundle = toCertifiedBundle(plain, keyed.bundle.verificationMaterial.tlogEntries[0]);
    expect(codeOf(bundle)).toContain('about another envelope or signer');
  });

  const about = {
    name: '@acme/a' as never,
    version: '1.0.0' as never,
    bundle: ada.keyId,
    files: [],
  };
  it.each<[string, Statement]>([
    [
      'a member',
      memberStatement({
        nonce: freshNonce(),
        name: 'Eve',
        roles: ['reviewer'],
        key: ada.named,
        state: 'enrolled',
      }),
    ],
    [
      'a verification summary',
      verificationSummaryStatement(about, {
        verifier: { id: 'https://skills.example' },
        timeVerified: '2026-03-02T12:00:00.000Z',
        resourceUri: 'pkg:skill/%40acme/a@1.0.0',
        policy: { digest: { sha256: ada.keyId.slice(7) } },
        inputAttestations: [],
        verificationResult: 'PASSED',
        verifiedLevels: [],
      }),
    ],
  ])('that says %s does not verify: only a key signs that', async (_, statement) => {
    expect(codeOf(await make(sigstore.say(statement, signer)))).toContain(
      'signed a statement that only a key can sign',
    );
  });

  it('that approves does not count, even from somebody who is called like a reviewer', async () => {
    const story = await tellCertified({ publishers: [kim] });
    const { statement } = approvalBy('ada', story.about, {
      report: story.report,
      capabilities: story.line.capabilities,
      twist: {},
    });
    expect(codeOf(await make(sigstore.say(statement, signer)))).toContain('only a key can sign');
  });
});
