import { describe, expect, it, onTestFinished } from 'vitest';
import { renewSkills } from '../../../../registry/catalogue/renew-skills.ts';
import { approve, call, makeSkill, publish, scan } from '../../../registry/road.ts';
import { makeStaffedWorld } from '../../../registry/world.ts';
import { address, honest, type MirrorStage, makeMirrorStage } from './stub-registry.ts';

async function stageOf(other?: typeof fetch): Promise<MirrorStage> {
  const stage = await makeMirrorStage(other);
  onTestFinished(() => stage.users.world.close());
  return stage;
}

const outcomes = (rows: Awaited<ReturnType<MirrorStage['mirror']>>['rows']) =>
  rows.map(({ code, name, outcome, path, version }) => [
    outcome,
    code ?? (name === undefined ? path : `${name}@${version}`),
  ]);

const pdf = { slug: 'pdf', ownerHandle: 'ann', versions: ['1.1.0', '1.0.0'] };

describe('a registry of the mirror’s list', () => {
  it('is copied with its older versions first, and asked for its list only the second time', async () => {
    const stage = await stageOf();
    stage.answer(honest([pdf, { slug: 'words', versions: ['2.0.0-beta.1'] }]));
    const first = await stage.mirror();
    expect(first.exit, first.text).toBe(0);
    expect(outcomes(first.rows)).toEqual([
      ['taken', '@acme/pdf@1.0.0'],
      ['taken', '@acme/pdf@1.1.0'],
      ['taken', '@acme/words@2.0.0-beta.1'],
    ]);
    expect(first.rows.map(({ status, verdict }) => [status, verdict])).toEqual(
      first.rows.map(() => ['in review', 'pass']),
    );
    stage.asked.length = 0;
    const second = await stage.mirror();
    expect(outcomes(second.rows)).toEqual([
      ['there', '@acme/pdf@1.1.0'],
      ['there', '@acme/words@2.0.0-beta.1'],
    ]);
    expect(stage.asked).toEqual(['skills?limit=200&sort=createdAt']);
    const { stdout } = await stage.users.as('author', ['status', '@acme/pdf@1.1.0']);
    expect(stdout).toMatch(/copied from +http:\/\/127\.0\.0\.1:7777 @ann\/pdf@1\.1\.0/);
    const { body } = await call(stage.users.world.send, '/api/v1/versions/@acme/pdf/1.1.0', {
      token: stage.users.world.tokens.rita,
    });
    expect(body.mirrored).toEqual({
      registry: address,
      owner: 'ann',
      skill: 'pdf',
      version: '1.1.0',
      files: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('is copied up to the number of versions that the line names, and for one owner or some names', async () => {
    const stage = await stageOf();
    const skills = [pdf, { ...pdf, slug: 'other', ownerHandle: 'bob' }];
    stage.answer(honest(skills));
    expect(outcomes((await stage.mirror({ owner: '@bob', versions: 1 })).rows)).toEqual([
      ['taken', '@acme/other@1.1.0'],
    ]);
    expect(outcomes((await stage.mirror({ skills: ['pdf', 'absent'] })).rows)).toEqual([
      ['taken', '@acme/pdf@1.0.0'],
      ['taken', '@acme/pdf@1.1.0'],
      ['refused', 'upstream-missing'],
    ]);
  });

  it('names numbers that are no semantic versions', async () => {
    const stage = await stageOf();
    stage.answer(honest([{ ...pdf, versions: ['1.1.0', 'v2', '1.0.0'] }]));
    const { rows } = await stage.mirror();
    expect(rows.map(({ code, reason, version }) => version ?? `${code}: ${reason}`)).toEqual([
      'version-invalid: 1 version left out, because a number such as "v2" is no semantic version. Only the author can publish it under a number such as 1.2.0',
      '1.0.0',
      '1.1.0',
    ]);
  });

  it('is walked page by page, and goes on after an interruption', async () => {
    const stage = await stageOf();
    const all = [1, 2, 3].map((n) => ({ slug: `s${n}`, versions: ['1.0.0'] }));
    const plain = honest(all);
    let isDown = true;
    stage.answer((path, query) => {
      if (isDown && path === 'skills/s2') return new Response('later', { status: 400 });
      if (path !== 'skills') return plain(path, query);
      const at = Number(query.get('cursor') ?? 0);
      const next = at + 1 < all.length ? String(at + 1) : null;
      const { slug } = all[at] ?? { slug: '' };
      return { items: [{ slug, latestVersion: { version: '1.0.0' } }], nextCursor: next };
    });
    const first = await stage.mirror();
    expect(first.exit).toBe(6);
    expect(outcomes(first.rows)).toEqual([
      ['taken', '@acme/s1@1.0.0'],
      ['refused', 'upstream-failed'],
      ['taken', '@acme/s3@1.0.0'],
    ]);
    isDown = false;
    expect(outcomes((await stage.mirror()).rows)).toEqual([
      ['there', '@acme/s1@1.0.0'],
      ['taken', '@acme/s2@1.0.0'],
      ['there', '@acme/s3@1.0.0'],
    ]);
  });

  it('loses a skill: its approved versions are deprecated once, when the registry says so itself', async () => {
    const stage = await stageOf();
    stage.answer(honest([pdf, { slug: 'words', versions: ['1.0.0'] }]));
    await stage.mirror();
    await stage.approveAll();
    await renewSkills(stage.users.world.registry);
    const verified = await stage.users.as('stranger', ['verify', '@acme/pdf@1.0.0']);
    expect(`${verified.stdout}${verified.stderr}`.replace(/[\s│]+/g, ' ')).toContain(
      `SLSA build level 1: copied from ${address} @ann/pdf@1.0.0, as the publisher says`,
    );
    const left = honest([{ slug: 'words', versions: ['1.0.0'] }]);
    // A list that lacks a skill, while the skill itself is still there, proves nothing.
    stage.answer((path, query) => (path === 'skills' ? left : honest([pdf]))(path, query));
    expect(outcomes((await stage.mirror()).rows)).toEqual([['there', '@acme/words@1.0.0']]);
    stage.answer(left);
    for (const outcome of ['deprecated', 'gone'])
      expect(outcomes((await stage.mirror()).rows)).toEqual([
        ['there', '@acme/words@1.0.0'],
        [outcome, '@acme/pdf@1.0.0'],
        [outcome, '@acme/pdf@1.1.0'],
      ]);
    const { stdout } = await stage.users.as('author', ['status', '@acme/pdf@1.0.0']);
    expect(stdout).toContain('The skill is no longer offered by http://127.0.0.1:7777');
  });

  it('may be a registry of Skillgate: the copy has the same bundle', async () => {
    const source = await makeStaffedWorld();
    onTestFinished(() => source.close());
    const skill = makeSkill('@acme/report', '1.0.0', { files: { 'notes/a.md': 'a' } });
    await publish(source.send, skill, source.author);
    await scan(source.send, source.tokens.scanner, source.scanner, skill, 'pass');
    await approve(source.send, source.tokens.rita, source.rita, skill);
    await renewSkills(source.registry);
    const far = 'http://127.0.0.2:4880';
    const stage = await stageOf(async (input, init) =>
      source.send(String(input).slice(far.length), init as RequestInit),
    );
    const { rows, text } = await stage.mirror({ address: far });
    expect(rows, text).toMatchObject([
      { outcome: 'taken', name: '@acme/report', version: '1.0.0', bundle: skill.packed.digest },
    ]);
    expect(outcomes((await stage.mirror({ address: far })).rows)).toEqual([
      ['there', '@acme/report@1.0.0'],
    ]);
  });
});
