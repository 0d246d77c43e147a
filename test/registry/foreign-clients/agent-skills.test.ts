import { beforeAll, describe, expect, it } from 'vitest';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { indexedSkillsMax } from '../../../registry/foreign-clients/agent-skills.ts';
import { Readers } from '../../../registry/readers/readers.ts';
import { readZip } from '../../../runner/archives/zip.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { adviceStatement } from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { call, makeSkill, publishApproved, publishScanned, state } from '../road.ts';
import { callAs, expectAnswer, stopIn } from '../steps.ts';
import { oneWorld } from '../world.ts';
import { addListedSkills } from './listed-skills.ts';

const index = '.well-known/agent-skills/index.json';

describe('the index of Agent Skills', () => {
  const world = oneWorld();
  const report = makeSkill('@acme/report', '1.0.0', {
    files: { 'scripts/report.sh': '#!/bin/sh\necho report\n', 'notes/leer.md': '' },
  });
  const newer = makeSkill('@acme/report', '1.1.0');
  const revoked = makeSkill('@acme/revoked', '1.0.0');
  const waiting = makeSkill('@acme/waiting', '1.0.0');
  const refused = makeSkill('@acme/refused', '1.0.0');
  const held = makeSkill('@acme/held', '1.0.0');

  beforeAll(async () => {
    for (const skill of [report, newer, revoked]) await publishApproved(world, skill);
    await publishScanned(world, waiting);
    await publishScanned(world, held, { verdict: 'block' });
    await publishScanned(world, refused);
    await callAs(world, 'rita', '/api/v1/reviews/@acme/refused/1.0.0/move', {
      to: 'refused',
      reason: 'it has no use',
    });
    await expectAnswer(
      stopIn(world, 'revoked', { bundle: revoked.packed.digest }, { reason: 'it sends keys away' }),
      201,
    );
    await renewSkills(world.registry);
  });

  it.each([
    ['/all/', [['report', '1.1.0']]],
    ['/@acme/', [['report', '1.1.0']]],
    ['/@acme/report@1.0.0/', [['report', '1.0.0']]],
  ])('at %s names approved versions only', async (path, expected) => {
    const answer = await world.send(`${path}${index}`);
    expect(answer.status).toBe(200);
    const { $schema, skills } = (await answer.json()) as {
      $schema: string;
      skills: { name: string; skillgate: { version: string } }[];
    };
    expect($schema).toBe('https://schemas.agentskills.io/discovery/0.2.0/schema.json');
    expect(skills.map(({ name, skillgate }) => [name, skillgate.version])).toEqual(expected);
  });

  it('names archives by their digest, with each file of the bundle as it was signed', async () => {
    const answer = await call(world, `/@acme/report@1.0.0/${index}`);
    const [{ url, digest }] = answer.body.skills;
    const archive = await world.send(new URL(url).pathname);
    expect(archive.headers.get('content-type')).toBe('application/zip');
    const bytes = Buffer.from(await archive.arrayBuffer());
    expect(digestOf(bytes)).toBe(digest);
    const inside = readZip('report.zip', bytes);
    const signed = report.packed.bundle.files;
    expect(inside.map(({ path }) => path)).toEqual(signed.map(({ path }) => path));
    expect(inside.map((file) => digestOf(file.read()))).toEqual(signed.map(({ sha256 }) => sha256));
  });

  it.each([
    ['@acme/waiting', 423, 'version-pending', '@acme/waiting@1.0.0 is not approved yet'],
    ['@acme/refused', 403, 'version-withheld', '@acme/refused@1.0.0 is refused: it has no use'],
    [
      '@acme/revoked',
      403,
      'version-withheld',
      '@acme/revoked@1.0.0 is revoked: it sends keys away',
    ],
    ['@acme/absent', 404, 'not-found', 'This registry has no'],
  ])('gives nothing of %s: %i', async (name, status, code, detail) => {
    for (const path of [
      `/${name}/${index}`,
      `/${name}@1.0.0/${index}`,
      `/archives/${name}/1.0.0`,
    ]) {
      const answer = await call(world, path);
      expect([path, answer.status, answer.body.code]).toEqual([path, status, code]);
      expect(answer.body.detail).toContain(detail);
    }
  });

  it('says how to get a version that its author yanked', async () => {
    const yanked = makeSkill('@acme/yanked', '1.0.0');
    await publishApproved(world, yanked);
    const { name, version } = yanked.manifest;
    const advice = {
      name,
      version,
      kind: 'yanked',
      reason: 'it is slow',
      nonce: freshNonce(),
    } as const;
    await expectAnswer(state(world, adviceStatement(advice), world.author), 201);
    await renewSkills(world.registry);
    expect(await call(world, `/@acme/yanked/${index}`)).toMatchObject({
      status: 409,
      body: { code: 'version-yanked', hint: expect.stringContaining('@acme/yanked@1.0.0') },
    });
    await expectAnswer(world.send(`/@acme/yanked@1.0.0/${index}`), 200);
    const text = await (await world.send('/api/v1/skills/yanked?ownerHandle=acme')).text();
    expect(text).toContain('name it: @acme/yanked@1.0.0');
  });

  it('of everything counts only the skills that the client may read', async () => {
    const listed = (scope: string) =>
      Array.from({ length: indexedSkillsMax + 1 }, (_, at) => `@${scope}/s${at}`);
    await addListedSkills(world, listed('hidden'));
    const all = () => call(world, `/all/${index}`);
    await expectAnswer(all(), 400, 'request-invalid');
    world.registry.readers = new Readers(
      { schema: 'skillgate.readers/1', private: [parseScope('hidden')], readers: [] },
      'readers.json',
      () => '127.0.0.1',
    );
    const { body, status } = await all();
    expect([status, body.skills?.map((skill: { name: string }) => skill.name)]).toEqual([
      200,
      ['report'],
    ]);
  });

  it('is not at the root, which a client reads for a skill that it cannot get', async () => {
    await expectAnswer(world.send(`/${index}`), 404);
    await expectAnswer(world.send('/.well-known/skills/index.json'), 404);
  });
});
