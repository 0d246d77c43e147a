/**
 * What costs nothing to know is said before a certificate is verified: who repeats an upload buys
 * no work of the registry with it.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { somebody } from '../../skills-index/story-sigstore.ts';
import { certify, claim, kim, publication, sigstore, upload } from '../certified-road.ts';
import { call, makeSkill } from '../road.ts';
import { expectAnswer, expectCode } from '../steps.ts';
import { oneWorld } from '../world.ts';

type Sent = Awaited<ReturnType<typeof sigstore.say>>;
/** The same with a signature that holds for nothing: whoever verifies it says so. */
const spoiled = (bundle: Sent): Sent => ({
  ...bundle,
  dsseEnvelope: { ...bundle.dsseEnvelope, signatures: [{ sig: 'MAYCAQECAQE=', keyid: '' }] },
});

describe('before it verifies a certificate, the registry says', () => {
  const world = oneWorld({ sigstore: sigstore.trustedRoot });
  const signer = certify(somebody);
  const skill = makeSkill('@kims/t', '1.0.0');
  beforeAll(async () => {
    await claim(world, 'kims', { owners: [kim], signer: certify(somebody) });
    await expectAnswer(
      upload(world, skill, { publish: await sigstore.say(publication(skill), signer) }),
      201,
    );
  });

  it('that the number is taken', async () => {
    const publish = spoiled(await sigstore.say(publication(skill), certify(somebody)));
    await expectCode(upload(world, skill, { publish }), 'version-exists');
  });

  it('that the certificate has signed a publication', async () => {
    const other = makeSkill('@kims/t', '1.0.1');
    const publish = spoiled(await sigstore.say(publication(other), signer));
    await expectCode(upload(world, other, { publish }), 'certificate-used');
  });

  it('that the certificate has signed a claim', async () => {
    const by = certify(somebody);
    await expectAnswer(claim(world, 'more', { owners: [kim], signer: by }), 201);
    const bundle = spoiled(
      await sigstore.say(
        scopeStatement({
          registry: registryIdOf(world.trust.root),
          scope: parseScope('most'),
          owners: [kim],
        }),
        by,
      ),
    );
    await expectCode(call(world, '/api/v1/statements', { json: bundle }), 'certificate-used');
  });

  it('and of what is new that the signature is none', async () => {
    const other = makeSkill('@kims/t', '1.0.1');
    const publish = spoiled(await sigstore.say(publication(other), certify(somebody)));
    expect((await upload(world, other, { publish })).body.code).toMatch(
      /signature-invalid|certificate-invalid|log-invalid/,
    );
  });
});
