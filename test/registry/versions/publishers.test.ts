import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../skills-index/skill/digest.ts';
import type { RevocationTarget } from '../../../skills-index/statement/attestation.ts';
import type { TestKey } from '../people.ts';
import { type Answer, enrol, makeSkill, type Skill, state, stopsShown } from '../road.ts';
import {
  approveIn,
  bodyAt,
  expectAnswer,
  expectCode,
  publishIn,
  scanIn,
  stopStatement,
} from '../steps.ts';
import { eachWorld } from '../world.ts';

const skillAt = (number: number) =>
  makeSkill('@acme/t', `1.0.${number}`, { files: { 'n.md': `${number}\n` } });

describe('a word on', () => {
  const world = eachWorld();

  const send = async (skill: Skill) => publishIn(world, skill);
  const bring = async (skill: Skill) => {
    await expectAnswer(send(skill), 201);
    await scanIn(world, skill);
    await expectAnswer(approveIn(world, skill), 201);
  };
  const say = async (
    kind: 'suspended' | 'lifted' | 'revoked',
    target: RevocationTarget,
    by: TestKey = world.rita,
  ) => state(world, stopStatement(kind, target, `${kind} here`), by);
  const marked = () => stopsShown(world);
  const bundle = (number: number): Digest => skillAt(number).packed.digest;
  const publisher = () => ({ publisher: world.author.keyId });

  it('bytes, a version, or a publisher stops each version that it means, and no other', async () => {
    for (const number of [1, 2, 3]) await bring(skillAt(number));
    const { name, version } = skillAt(2).manifest;
    await expectAnswer(say('revoked', { bundle: bundle(1) }), 201);
    await expectAnswer(say('suspended', { name, version }), 201);
    expect(await marked()).toEqual({ [bundle(1)]: 'revoked', [bundle(2)]: 'suspended' });
    await expectAnswer(say('revoked', publisher()), 201);
    expect(await marked()).toEqual({
      [bundle(1)]: 'revoked',
      [bundle(2)]: 'revoked',
      [bundle(3)]: 'revoked',
    });
  });

  it('a revoked publisher refuses what they send later and what waits in review, for ever', async () => {
    await bring(skillAt(1));
    const waiting = skillAt(2);
    await send(waiting);
    await scanIn(world, waiting);
    await expectAnswer(say('revoked', publisher()), 201);
    await expectAnswer(send(skillAt(3)), 403, 'publisher-stopped');
    expect(await approveIn(world, waiting)).toMatchObject({
      status: 403,
      body: {
        code: 'approval-refused',
        detail: expect.stringContaining('its publisher was revoked'),
      },
    });
    for (const kind of ['lifted', 'suspended', 'revoked'] as const)
      await expectCode(say(kind, publisher()), 'move-illegal');
    expect(await bodyAt(world, '/index/@acme/t')).not.toContain('1.0.2');
  });

  it('a publisher that comes while a version of theirs is about to enter the index keeps it out', async () => {
    const { registry } = world;
    await send(skillAt(1));
    await scanIn(world, skillAt(1));
    // The registry makes blobs public after it judged, and before it writes the line.
    const putAll = registry.objects.putAll;
    let said: Answer | undefined;
    Object.assign(registry.objects, {
      putAll: async (all: ReadonlyMap<string, Uint8Array>) => {
        await putAll(all);
        if (said === undefined && [...all.keys()].some((name) => name.startsWith('public/'))) {
          said = { status: 0, body: undefined };
          said = await say('revoked', publisher(), world.omar);
        }
      },
    });
    await approveIn(world, skillAt(1));
    expect(said?.status).toBe(201);
    expect((await bodyAt(world, '/api/v1/versions/@acme/t/1.0.1')).status).toBe('in review');
    await expectAnswer(world.send('/index/@acme/t'), 404);
  });

  it('a suspended publisher holds until it is lifted; the highest log index counts', async () => {
    await bring(skillAt(1));
    await expectAnswer(say('suspended', publisher()), 201);
    expect(await marked()).toEqual({ [bundle(1)]: 'suspended' });
    await expectCode(send(skillAt(2)), 'publisher-stopped');
    await expectAnswer(say('lifted', publisher()), 201);
    expect(await marked()).toEqual({});
    await bring(skillAt(2));
    await expectCode(say('lifted', publisher()), 'move-illegal');
  });

  it('a publisher of whom nothing is here yet stops the first upload', async () => {
    await expectAnswer(say('suspended', publisher()), 201);
    await expectCode(send(skillAt(1)), 'publisher-stopped');
  });

  it.each([['nobody here', () => ({ publisher: bundle(9) }), 'not-found']] as const)(
    '%s is refused',
    async (_, target, code) => {
      await expectCode(say('revoked', target()), code);
    },
  );

  it('oneself is never lifted by oneself, by another key of the same name neither', async () => {
    const { administrator } = world.trust;
    // The author becomes a reviewer too.
    await enrol(world, administrator, {
      name: 'anna',
      roles: ['reviewer'],
      key: world.author,
    });
    await expectAnswer(say('suspended', publisher()), 201);
    await expectAnswer(say('lifted', publisher(), world.author), 403, 'forbidden');
    await expectAnswer(say('lifted', publisher(), world.omar), 201);
  });
});
