import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { verifyStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import { storyRoot, tellStory } from '../skills-index/story.ts';
import { kim, tellCertified, trustedRoot } from '../skills-index/story-certified.ts';
import { TestSigstore } from '../skills-index/story-sigstore.ts';
import { type Isolates, startIsolates } from './isolates.ts';
import { buildWorker } from './worker-bundle.ts';

describe('a statement, verified inside workerd', () => {
  const root = canonicalJson(storyRoot);
  const sigstore = JSON.stringify(trustedRoot);
  let workerd: Isolates;
  beforeAll(async () => {
    const { script } = await buildWorker('test/journey/verify-worker.ts');
    workerd = await startIsolates(script, ['verify']);
  });
  afterAll(() => workerd?.close());

  const ask = async (question: object): Promise<unknown> =>
    (
      await workerd.send('verify', '/', {
        method: 'POST',
        body: JSON.stringify({ root, ...question }),
      })
    ).json();

  it('by key is verified as it is on Node, once for each isolate', async () => {
    const { publish, approvals, scan } = await tellStory();
    for (const said of [publish, scan, ...approvals]) {
      const bundle = Buffer.from(said.bytes).toString('utf8');
      const { signer, logIndex, digest } = verifyStatement(said.bundle, { root: storyRoot });
      expect(await ask({ bundle, times: 3 })).toEqual({ signer, logIndex, digest, once: true });
    }
  });

  it('by certificate is verified as it is on Node', async () => {
    const { publish } = await tellCertified({ owners: [kim] });
    const bundle = Buffer.from(publish.bytes).toString('utf8');
    const { signer, signers, logIndex, digest, certified } = verifyStatement(publish.bundle, {
      root: storyRoot,
      sigstore: trustedRoot,
    });
    const subject = certified?.claims.subject;
    expect(subject).toEqual(expect.any(String));
    expect(await ask({ bundle, sigstore, times: 3 })).toEqual({
      signer,
      signers,
      logIndex,
      digest,
      subject,
      once: true,
    });
    expect(await ask({ bundle })).toEqual({ code: 'certificate-invalid' });
    const other = JSON.stringify(new TestSigstore('another').trustedRoot);
    expect(await ask({ bundle, sigstore: other })).toEqual({
      code: expect.stringMatching(/-invalid$/),
    });
  });

  it('is refused with any part of it changed', async () => {
    const keyed = Buffer.from((await tellStory()).publish.bytes).toString('utf8');
    const certified = Buffer.from((await tellCertified({ owners: [kim] })).publish.bytes).toString(
      'utf8',
    );
    for (const bundle of [keyed, certified]) {
      for (const field of ['payload', 'sig', 'rootHash', 'canonicalizedBody', 'logIndex']) {
        const bent = bundle.replace(new RegExp(`"${field}":"(..)`), (all, two: string) =>
          all.replace(two, two === '10' ? '11' : '10'),
        );
        expect(bent, field).not.toBe(bundle);
        expect(await ask({ bundle: bent, sigstore }), field).toEqual({
          code: expect.stringMatching(/-(invalid|unknown)$/),
        });
      }
    }
  });
});
