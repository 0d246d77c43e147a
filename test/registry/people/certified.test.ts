/**
 * What somebody without a key publishes: taken when the scope says so, once for each certificate,
 * and refused with the reason.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../skills-index/statement/identity-id.ts';
import type { PlainBundle } from '../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import {
  somebody,
  someWorkflow,
  type TestClaims,
  TestSigstore,
} from '../../skills-index/story-sigstore.ts';
import {
  certify,
  claim,
  job,
  kim,
  provenanceOf,
  publication,
  publishBy,
  sigstore,
  upload,
} from '../certified-road.ts';
import { call, makeSkill, signPublication, state } from '../road.ts';
import { approveIn, bodyAt, expectAnswer, expectCode, publishIn, scanIn } from '../steps.ts';
import { oneWorld } from '../world.ts';

describe('a registry that trusts a Sigstore', () => {
  const world = oneWorld({ sigstore: sigstore.trustedRoot });
  beforeAll(async () => {
    await claim(world, 'kims', { owners: [kim], signer: certify(somebody) });
    await claim(world, 'ours', {
      owners: [kim],
      publishers: [job],
      signer: certify(somebody),
    });
  });

  it('takes the claim of a person, and tells whose the scope is', async () => {
    expect(await bodyAt(world, '/api/v1/scopes/@kims')).toMatchObject({ owners: [kim] });
    expect(await bodyAt(world, '/api/v1/scopes/@ours')).toMatchObject({
      owners: [kim],
      publishers: [job],
    });
  });

  it('takes a publication with provenance by one certificate, and installers admit it', async () => {
    const skill = makeSkill('@ours/counter', '1.0.0');
    const signer = certify(someWorkflow);
    const parts = {
      publish: await sigstore.say(publication(skill), signer),
      provenance: await sigstore.say(provenanceOf(skill), signer),
    };
    const taken = await upload(world, skill, parts);
    expect(taken).toMatchObject({ status: 201, body: { status: 'received' } });
    expect(taken.body.statements).toHaveLength(2);
    await scanIn(world, skill);
    await approveIn(world, skill);
    const shown = await call(world, '/api/v1/versions/@ours/counter/1.0.0');
    expect(shown.body).toMatchObject({ status: 'approved', publisher: identityId(job) });
    const index = await (await world.send('/index/@ours/counter')).text();
    expect(JSON.parse(index)).toMatchObject({ publisher: identityId(job) });
    const [first] = taken.body.statements;
    const stored = JSON.parse(
      await (await world.send(`/blobs/sha256/${first.digest.slice(7)}`)).text(),
    );
    expect(stored.verificationMaterial.certificate).toEqual(
      parts.publish.verificationMaterial.certificate,
    );
    expect(stored.verificationMaterial.tlogEntries[1]).toEqual(
      parts.publish.verificationMaterial.tlogEntries[0],
    );
    expect(stored.verificationMaterial.tlogEntries).toHaveLength(2);
  });

  it('takes a bundle whose zeros and empty key id its sender left out, as protobuf’s JSON does', async () => {
    const skill = makeSkill('@kims/terse', '1.0.0');
    const plain = await sigstore.say(publication(skill), certify(somebody));
    const { integratedTime: _, ...entry } = plain.verificationMaterial.tlogEntries[0];
    const terse = {
      ...plain,
      verificationMaterial: { ...plain.verificationMaterial, tlogEntries: [entry] },
      dsseEnvelope: {
        ...plain.dsseEnvelope,
        signatures: [{ sig: plain.dsseEnvelope.signatures[0].sig }],
      },
    };
    await expectAnswer(upload(world, skill, { publish: terse }), 201);
  });

  it.each<[string, string, TestClaims, number, string, string]>([
    [
      'a stranger',
      '@kims/a',
      { ...somebody, subject: 'mallory@people.example' },
      403,
      'identity-mismatch',
      'is no publisher of @kims',
    ],
    [
      'a person where CI publishes',
      '@ours/a',
      somebody,
      403,
      'identity-mismatch',
      '@ours publishes from CI only',
    ],
    [
      'a pull request',
      '@ours/a',
      { ...someWorkflow, trigger: 'pull_request' },
      403,
      'identity-mismatch',
      'pull_request, which publishes nothing',
    ],
    ['anybody in a scope of nobody', '@none/a', somebody, 403, 'scope-unclaimed', 'Nobody owns'],
  ])('takes nothing from %s', async (_, name, claims, status, code, says) => {
    const answer = await publishBy(world, makeSkill(name, '1.0.0'), claims);
    expect(answer.body).toMatchObject({ code, detail: expect.stringContaining(says) });
    expect(answer.status).toBe(status);
  });

  it('says to the key that owns a scope who publishes in it', async () => {
    const before = (await bodyAt(world, '/api/v1/scopes/@acme')).statement;
    const scope = parseScope('acme');
    const { open } = world.author;
    const closed = await state(
      world,
      scopeStatement({ scope, owners: [open], publishers: [job], previous: before }),
      world.author,
    );
    expect(closed.status).toBe(201);
    for (const key of [world.author.keyId, undefined]) {
      const skill = makeSkill('@acme/by-hand', '1.0.0');
      const headers: Record<string, string> = key === undefined ? {} : { 'skillgate-key': key };
      const answer = await upload(
        world,
        skill,
        { publish: await signPublication(skill, world.author) },
        headers,
      );
      expect(answer.body).toMatchObject({
        code: 'identity-mismatch',
        detail: expect.stringContaining('@acme publishes from CI only, by CI job'),
      });
    }
    const opened = scopeStatement({ scope, owners: [open], previous: closed.body.digest });
    await expectAnswer(state(world, opened, world.author), 201);
    await expectAnswer(publishIn(world, makeSkill('@acme/by-hand', '1.0.0')), 201);
  });

  it('lets one certificate publish once, however many ask at the same time', async () => {
    const signer = certify(somebody);
    const skills = ['1.0.0', '1.0.1', '1.0.2'].map((version) => makeSkill('@kims/once', version));
    const bundles = await Promise.all(
      skills.map((skill) => sigstore.say(publication(skill), signer)),
    );
    const answers = await Promise.all(
      skills.map((skill, i) => upload(world, skill, { publish: bundles[i] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const again = makeSkill('@kims/once', '1.1.0');
    const late = await upload(world, again, {
      publish: await sigstore.say(publication(again), signer),
    });
    await expectAnswer(late, 409, 'certificate-used');
  });

  it('takes no publication whose provenance another certificate or a key signed', async () => {
    const skill = makeSkill('@kims/two', '1.0.0');
    const bundle = await sigstore.say(publication(skill), certify(somebody));
    for (const provenance of [
      await sigstore.say(provenanceOf(skill), certify(somebody)),
      (await sigstore.say(provenanceOf(skill), certify(somebody))).dsseEnvelope,
      await sigstore.say(publication(skill), certify(somebody)),
    ]) {
      const answer = await upload(world, skill, { publish: bundle, provenance });
      expect([401, 422]).toContain(answer.status);
      expect(['signature-invalid', 'statement-invalid']).toContain(answer.body.code);
    }
    await expectAnswer(call(world, '/api/v1/versions/@kims/two'), 404);
  });

  const broken = (change: (plain: PlainBundle) => unknown) => change;
  it.each<[string, string, (plain: PlainBundle) => unknown]>([
    [
      'no timestamp',
      'statement-invalid',
      broken((one) => ({
        ...one,
        verificationMaterial: {
          ...one.verificationMaterial,
          timestampVerificationData: { rfc3161Timestamps: [] },
        },
      })),
    ],
    [
      'a changed signature',
      'certificate-invalid',
      broken((one) => ({
        ...one,
        dsseEnvelope: {
          ...one.dsseEnvelope,
          signatures: [{ sig: Buffer.from('no').toString('base64'), keyid: '' }],
        },
      })),
    ],
  ])('takes no bundle with %s', async (_, code, change) => {
    const skill = makeSkill('@kims/broken', '1.0.0');
    const answer = await upload(world, skill, {
      publish: change(await sigstore.say(publication(skill), certify(somebody))),
    });
    expect(answer).toMatchObject({ status: 422, body: { code } });
  });

  it('takes no bundle whose certificate expired before it was used, nor one of another Sigstore', async () => {
    const skill = makeSkill('@kims/late', '1.0.0');
    const late = await sigstore.say(
      publication(skill),
      certify(somebody),
      new Date('2026-06-01T12:11:00Z'),
    );
    const foreign = new TestSigstore('foreign');
    const other = await foreign.say(publication(skill), foreign.certify(somebody));
    for (const bundle of [late, other])
      await expectCode(upload(world, skill, { publish: bundle }), 'certificate-invalid');
  });
});
