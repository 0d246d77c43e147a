/** What the registry answers strangers who send something about a private scope. */
import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  parseAuditKey,
  printAuditKey,
  type SigningAuditKey,
} from '../../../skills-index/run/audit/audit-chain.ts';
import { reportOf } from '../../../skills-index/run/audit/incident.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { adviceStatement } from '../../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../nonce.ts';
import { somebody } from '../../skills-index/story-sigstore.ts';
import { certify, publication, sigstore, upload } from '../certified-road.ts';
import { makeKey } from '../people.ts';
import { type Answer, call, claimScope, makeSkill, type Skill, state } from '../road.ts';
import { approveIn, expectAnswer, publishIn, scanIn, stopStatement } from '../steps.ts';
import { oneWorld } from '../world.ts';

const token = 'r'.repeat(43);
const readers = [{ name: 'agents', token: digestOf(token) }];
const file = {
  schema: 'skillgate.readers/1' as const,
  private: [parseScope('acme')],
  readers,
};
const guessed = 'limit: 4000 euros\n';
const payroll = makeSkill('@acme/payroll', '1.0.0', { files: { 'limit.txt': guessed } });
const stranger = makeKey();
const hosts = { enrolled: makeHost(), unknown: makeHost() };

const world = oneWorld({ readers: file, sigstore: sigstore.trustedRoot });
beforeAll(async () => {
  Object.assign(world.registry, {
    incidents: { reporters: { finance: hosts.enrolled.keyId }, suspendAfter: 1 },
  });
  await expectAnswer(publishIn(world, payroll), 201);
  await enter(payroll);
  await claimScope(world, 'others', stranger);
});

async function enter(skill: Skill): Promise<void> {
  await scanIn(world, skill);
  await expectAnswer(approveIn(world, skill), 201);
}

function makeHost(): SigningAuditKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return parseAuditKey(Buffer.from(printAuditKey(privateKey)), 'audit-key.json');
}

/** An answer without the names that the question had. */
const withoutNames = ({ status, body }: Answer): string =>
  `${status} ${JSON.stringify(body).replaceAll(/@acme\/\w+(@|\/)[\d.]+/g, 'NAME')}`;

describe('a stranger', () => {
  const versions = [
    ['payroll', '1.0.0'],
    ['payroll', '2.0.0'],
    ['nothing', '1.0.0'],
  ] as const;

  const report = (name: string, version: string, key: SigningAuditKey, by?: string) => {
    const { digest: bundle } = payroll.packed;
    const subject = { run: 'r1', agent: 'finance', skill: `@acme/${name}`, version, bundle };
    const made = reportOf(
      subject,
      { rule: 'escape', place: 'paste.example:443', counts: { allowed: 0, denied: 1 } },
      { at: world.registry.now(), key, registry: registryIdOf(world.trust.root) },
    );
    return call(world, '/api/v1/incidents', {
      json: made,
      ...(by === undefined ? {} : { token: by }),
    });
  };

  it('learns of no version by reports of incidents, which readers and enrolled hosts make', async () => {
    const answers = new Set<string>();
    for (const [name, version] of versions)
      answers.add(withoutNames(await report(name, version, hosts.unknown)));
    expect([...answers]).toEqual([expect.stringMatching(/^404 /)]);
    await expectAnswer(report('payroll', '1.0.0', hosts.unknown, token), 201);
    await expectAnswer(report('payroll', '1.0.0', hosts.enrolled), 201);
  });

  it('learns of no version by advice, which authors give', async () => {
    const advise = (name: string, version: string, key: typeof stranger) =>
      state(
        world,
        adviceStatement({
          nonce: freshNonce(),
          kind: 'yanked',
          name: parseSkillName(`@acme/${name}`),
          version: parseVersion(version),
          reason: 'wrong sums',
        }),
        key,
      );
    const answers = new Set<string>();
    for (const [name, version] of versions)
      answers.add(withoutNames(await advise(name, version, stranger)));
    expect([...answers]).toEqual([expect.stringMatching(/^403 /)]);
    await expectAnswer(advise('nothing', '1.0.0', world.author), 404);
    await expectAnswer(advise('payroll', '1.0.0', world.author), 201);
  });

  it('learns of no version and no publisher by an upload with a certificate', async () => {
    const answers = new Set<string>();
    for (const [name, version] of versions) {
      const skill = makeSkill(`@acme/${name}`, version);
      const sent = await sigstore.say(publication(skill), certify(somebody));
      answers.add(withoutNames(await upload(world, skill, { publish: sent })));
    }
    expect([...answers]).toEqual([expect.stringContaining('identity-mismatch')]);
    expect([...answers][0]).not.toContain(world.author.keyId);
  });

  it('learns of no file by an upload of guessed bytes, until the upload is in the index', async () => {
    const path = `/blobs/sha256/${hexOf(digestOf(guessed))}`;
    const read = async (by?: string) => (await call(world, path, by ? { token: by } : {})).status;
    const copy = makeSkill('@others/guess', '1.0.0', { files: { 'limit.txt': guessed } });
    await expectAnswer(publishIn(world, copy, stranger), 201);
    expect([await read(), await read(token)]).toEqual([404, 200]);
    await enter(copy);
    expect(await read()).toBe(200);
  });

  it('reads what others say about public versions', async () => {
    const skill = makeSkill('@others/open', '1.0.0');
    await expectAnswer(publishIn(world, skill, stranger), 201);
    await enter(skill);
    const advice = adviceStatement({
      nonce: freshNonce(),
      kind: 'deprecated',
      name: skill.manifest.name,
      version: skill.manifest.version,
      reason: 'use another',
    });
    const { status, body } = await state(world, advice, stranger);
    expect(status).toBe(201);
    for (const path of [`/log/statements/${body.logIndex}`, `/blobs/sha256/${hexOf(body.digest)}`])
      expect([path, (await call(world, path)).status]).toEqual([path, 200]);
  });

  it('reads no name of a private scope in what a public version rests on', async () => {
    await claimScope(world, 'open', world.author);
    const skill = makeSkill('@open/tool', '1.0.0');
    await expectAnswer(publishIn(world, skill), 201);
    await enter(skill);
    for (const kind of ['suspended', 'lifted'] as const) {
      const target = { publisher: world.author.keyId };
      const stop = stopStatement(kind, target, 'a theft');
      await expectAnswer(state(world, stop, world.rita), 201);
    }
    const scopes = async (by: object): Promise<string[]> => {
      const { body } = await call(world, '/proofs/@open/tool/1.0.0', by);
      const names = body.names.map(({ name }: { name: string }) => name);
      return names.filter((name: string) => name.startsWith('scope/')).sort();
    };
    expect(await scopes({})).toEqual(['scope/open']);
    expect(await scopes({ token })).toEqual(['scope/acme', 'scope/open']);
  });
});
