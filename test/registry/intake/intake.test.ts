import { and, eq, isNull } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { audit, jobs, versions } from '../../../registry/store/schema.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { keyStatement, scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import type { Envelope } from '../../../skills-index/statement/signature-formats/envelope.ts';
import {
  provenanceStatement,
  publishStatement,
} from '../../../skills-index/statement/version-statement.ts';
import { makeKey } from '../people.ts';
import {
  type Answer,
  aboutOf,
  claimScope,
  makeSkill,
  publish,
  type Skill,
  signPublication,
  state,
  tarOf,
} from '../road.ts';
import { expectAnswer, publishIn, rowsOf } from '../steps.ts';
import { makeTar } from '../tar-maker.ts';
import { oneWorld } from '../world.ts';

describe('intake', () => {
  const world = oneWorld();

  const sizes = async (): Promise<unknown> => ({
    versions: (await rowsOf(world, versions)).length,
    jobs: (await rowsOf(world, jobs)).length,
    stored: world.stored.size,
    checkpoint: await (await world.send('/log/checkpoint')).text(),
  });

  /** A skill whose files are given as text; the signed manifest is `good` unless given. */
  const odd = async (texts: Record<string, string | Buffer>, signed?: Skill['manifest']) => {
    const good = { manifest: signed ?? makeSkill('@acme/odd', '1.0.0').manifest };
    const files = Object.entries(texts).map(([path, text]) => ({
      path,
      bytes: Buffer.from(text),
      mode: 0o644,
    }));
    const packed = packBundle(files);
    const skill: Skill = { files, packed, manifest: good.manifest };
    return publishIn(world, skill);
  };
  const skillMd = '---\nname: odd\ndescription: d\n---\n';
  const skillJson = JSON.stringify({ name: '@acme/odd', version: '1.0.0', capabilities: {} });
  const withSix = (more: object): Buffer => {
    const packages = { python: { requires: ['six'], why: 'w', ...more } };
    return Buffer.from(JSON.stringify({ ...JSON.parse(skillJson), packages }));
  };
  const unlocked = withSix({});
  const left = withSix({ lock: 'house' });
  const mislocked = withSix({
    lock: 'pylock.toml',
    locked: { six: `1.16.0 sha256:${'0'.repeat(64)}` },
  });

  const refusals: readonly (readonly [string, string, number, () => Promise<Answer>])[] = [
    [
      'unreadable YAML',
      'skill-md-invalid',
      422,
      () => odd({ 'SKILL.md': '---\nname: [\n---\n', 'skill.json': skillJson }),
    ],
    [
      'a bad skill.json',
      'manifest-invalid',
      422,
      () => odd({ 'SKILL.md': skillMd, 'skill.json': '{"name":"@acme/odd","version":"one"}' }),
    ],
    [
      'packages without a lock',
      'package-lock-missing',
      422,
      () => odd({ 'SKILL.md': skillMd, 'skill.json': unlocked }, parseManifest(unlocked)),
    ],
    [
      'a lock that pins other packages than skill.json',
      'package-lock-differs',
      422,
      () =>
        odd(
          { 'SKILL.md': skillMd, 'skill.json': mislocked, 'pylock.toml': 'lock-version = "1.0"' },
          parseManifest(mislocked),
        ),
    ],
    [
      'a lock that no host obeys, because the host chooses',
      'package-lock-differs',
      422,
      () =>
        odd(
          { 'SKILL.md': skillMd, 'skill.json': left, 'pylock.toml': 'lock-version = "1.0"' },
          parseManifest(left),
        ),
    ],
    [
      'a skill.json that asks for more than was signed',
      'subject-mismatch',
      422,
      () =>
        odd({
          'SKILL.md': skillMd,
          'skill.json': skillJson.replace('{}', '{"exec":[{"program":"git","why":"w"}]}'),
        }),
    ],
    [
      'a bundle whose bytes changed',
      'subject-mismatch',
      422,
      async () =>
        publish(world, makeSkill('@acme/odd', '1.0.0'), world.author, {
          tar: tarOf(makeSkill('@acme/odd', '1.0.0', { files: { 'a.sh': 'x' } })),
        }),
    ],
    [
      'a link',
      'bundle-invalid',
      422,
      async () =>
        publish(world, makeSkill('@acme/odd', '1.0.0'), world.author, {
          tar: makeTar([{ path: 'SKILL.md' }, { path: 'a', type: '2', link: 'b' }]),
        }),
    ],
    [
      'an unknown key',
      'key-unknown',
      403,
      async () => publishIn(world, makeSkill('@acme/odd', '1.0.0'), makeKey()),
    ],
    [
      'a scope that nobody owns',
      'scope-unclaimed',
      403,
      async () => publishIn(world, makeSkill('@nobody/odd', '1.0.0')),
    ],
    [
      'a scope that belongs to somebody else',
      'scope-taken',
      403,
      async () => {
        const stranger = makeKey();
        await claimScope(world, 'stranger', stranger);
        return publishIn(world, makeSkill('@acme/odd', '1.0.0'), stranger);
      },
    ],
    [
      'a wrong signature by who is signed in',
      'signature-invalid',
      401,
      async () => {
        const skill = makeSkill('@acme/odd', '1.0.0');
        const envelope = await signPublication(skill, makeKey());
        return publish(world, skill, world.author, { envelope, token: world.tokens.author });
      },
    ],
    [
      'a statement of another kind',
      'statement-invalid',
      422,
      async () => {
        const statement = scopeStatement({
          scope: parseScope('acme'),
          owners: [world.author.open],
        });
        return publish(world, makeSkill('@acme/odd', '1.0.0'), world.author, {
          envelope: await signStatement(statement, world.author),
        });
      },
    ],
    [
      'more bytes than a skill may have',
      'request-too-large',
      413,
      async () =>
        publish(world, makeSkill('@acme/odd', '1.0.0'), world.author, {
          tar: Buffer.alloc(27 * 1024 * 1024),
        }),
    ],
  ];

  it.each(refusals)(
    'refuses %s with %s, and keeps nothing but an audit line',
    async (_, code, status, attempt) => {
      await world.send('/log/checkpoint');
      const owned = code === 'scope-taken';
      const before = await sizes();
      const answer = await attempt();
      expect(answer).toMatchObject({ status, body: { code } });
      expect(answer.body.hint).toBeTypeOf('string');
      if (code === 'scope-unclaimed') expect(answer.body.hint).toBe('skillgate scope claim nobody');
      if (!owned) expect(await sizes()).toEqual(before);
      expect(world.errors).toEqual([]);
    },
  );

  it('writes down what it refused and why', async () => {
    await publishIn(world, makeSkill('@acme/odd', '1.0.0'), makeKey());
    const lines = await rowsOf(
      world,
      audit,
      and(isNull(audit.versionId), eq(audit.kind, 'refused-intake')),
    );
    expect(lines.at(-1)?.why).toMatch(/^key-unknown: /);
  });

  it('refuses a part that is there twice or unknown', async () => {
    const skill = makeSkill('@acme/odd', '1.0.0');
    for (const name of ['publish', 'extra']) {
      const form = new FormData();
      form.append('publish', JSON.stringify(await signPublication(skill, world.author)));
      form.append('bundle', new Blob([tarOf(skill)]));
      form.append(name, 'x');
      const answer = await world.send('/api/v1/versions', { method: 'POST', body: form });
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        400,
        'request-invalid',
      ]);
    }
  });

  it('refuses a version with build metadata, which ranges cannot tell from the one without', async () => {
    const answer = await publishIn(world, makeSkill('@acme/built', '1.0.0+b'));
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'version-invalid', hint: expect.stringContaining('1.0.0') },
    });
    await expectAnswer(publishIn(world, makeSkill('@acme/built', '1.0.0')), 201);
  });

  it('takes provenance by the same key, and refuses another’s', async () => {
    const skill = makeSkill('@acme/proven', '1.0.0');
    const about = aboutOf(skill);
    const send = async (by: typeof world.author) => {
      const form = new FormData();
      form.set('publish', JSON.stringify(await signPublication(skill, world.author)));
      form.set(
        'provenance',
        JSON.stringify(
          await signStatement(provenanceStatement(about, { buildDefinition: {} }), by),
        ),
      );
      form.set('bundle', new Blob([tarOf(skill)]));
      return world.send('/api/v1/versions', { method: 'POST', body: form });
    };
    await expectAnswer(send(world.rita), 401);
    const taken = await send(world.author);
    expect(taken.status).toBe(201);
    expect(((await taken.json()) as { statements: unknown[] }).statements).toHaveLength(2);
  });

  it('takes an inferred manifest only where there is no skill.json', async () => {
    const skill = makeSkill('@acme/inferred', '1.0.0');
    const files = skill.files.filter((file) => file.path !== 'skill.json');
    const packed = packBundle(files);
    const sign = async (bundle: typeof packed): Promise<Envelope> => {
      const { name, version } = skill.manifest;
      const about = { name, version, bundle: bundle.digest, files: bundle.bundle.files };
      return signStatement(
        publishStatement(about, { manifest: skill.manifest, tool: 't', inferred: true }),
        world.author,
      );
    };
    const withJson = await publish(world, skill, world.author, {
      envelope: await sign(skill.packed),
    });
    await expectAnswer(withJson, 422, 'manifest-invalid');
    const without = await publish(world, { ...skill, files, packed }, world.author, {
      envelope: await sign(packed),
    });
    expect(without).toMatchObject({ status: 201 });
  });

  it('says of a key that was ended that it is ended', async () => {
    const old = makeKey();
    await claimScope(world, 'rotating', old);
    await expectAnswer(state(world, keyStatement({ key: old.open, state: 'ended' }), old), 201);
    await expectAnswer(publishIn(world, makeSkill('@rotating/x', '1.0.0'), old), 403, 'key-ended');
  });
});
