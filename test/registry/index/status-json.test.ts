import { beforeAll, describe, expect, it } from 'vitest';
import { currentStatus } from '../../../registry/index/status-json.ts';
import { withStatusMemory } from '../../../registry/store/known-files.ts';
import { type Status, verifyStatus } from '../../../skills-index/trust/index-files/status-file.ts';
import { makeSkill, publishApproved, type Skill, state, stopsShown } from '../road.ts';
import { expectAnswer, publishIn, stopStatement } from '../steps.ts';
import { oneWorld } from '../world.ts';

describe('status.json', () => {
  const world = oneWorld();
  let skill: Skill;
  beforeAll(async () => {
    skill = makeSkill('@acme/marked', '1.0.0');
    await publishApproved(world, skill);
  });

  const read = async (): Promise<Status> => {
    const bytes = Buffer.from(await (await world.send('/index/status.json')).arrayBuffer());
    return verifyStatus(bytes, world.trust.root, world.registry.now().getTime());
  };
  const shown = () => stopsShown(world, '@acme/marked');
  const say = async (kind: 'suspended' | 'lifted' | 'revoked', reason: string, key = world.rita) =>
    state(world, stopStatement(kind, { bundle: skill.packed.digest }, reason), key);

  it('is the same for an hour, and then signed anew for 24', async () => {
    const first = await read();
    world.wait(3_599_000);
    expect((await read()).issued).toBe(first.issued);
    world.wait(2_000);
    const second = await read();
    expect(Date.parse(second.issued) - Date.parse(first.issued)).toBe(3_601_000);
    expect(Date.parse(second.expires) - Date.parse(second.issued)).toBe(24 * 3_600_000);
  });

  it('is read from memory while nothing is written, and follows each write and the clock', async () => {
    const { registry } = world;
    const { db } = registry;
    let reads = 0;
    const read: typeof db.read = new Proxy(db.read, {
      get: (target, key) => {
        reads++;
        return Reflect.get(target, key);
      },
    });
    const { statusMemory, ...memory } = withStatusMemory({ ...db, read });
    const memorising = { ...registry, ...memory, statusMemory };
    await currentStatus(registry);
    const readsOf = async (): Promise<number> => {
      reads = 0;
      await currentStatus(memorising);
      return reads;
    };
    await readsOf();
    expect(await readsOf()).toBe(0);
    await memorising.db.batch([]);
    expect(await readsOf()).toBeGreaterThan(0);
    expect(await readsOf()).toBe(0);
    world.wait(3_601_000);
    const before = await currentStatus(registry);
    expect(await readsOf()).toBeGreaterThan(0);
    expect(Buffer.from(await currentStatus(memorising))).toEqual(Buffer.from(before));
    // Something was written while the status was read.
    const { turn } = statusMemory;
    await memorising.db.batch([]);
    statusMemory.keep({ bytes: before, issuedAt: registry.now().getTime(), logSize: 1 }, turn);
    expect(statusMemory.kept).toBeUndefined();
  });

  it('follows the log at once', async () => {
    const before = await read();
    await publishIn(world, makeSkill('@acme/marked', '1.0.1'));
    expect((await read()).checkpoint).not.toBe(before.checkpoint);
  });

  it('leaves a suspension to the index until it is lifted, and a revocation for ever', async () => {
    await expectAnswer(say('revoked', 'no', world.author), 403, 'forbidden');
    await expectAnswer(say('lifted', 'early'), 409, 'move-illegal');
    await expectAnswer(say('suspended', 'doubt'), 201);
    expect(await shown()).toEqual({ [skill.packed.digest]: 'suspended' });
    await expectAnswer(say('lifted', 'cleared'), 201);
    expect(await shown()).toEqual({});
    await expectAnswer(say('revoked', 'sure'), 201);
    expect(await shown()).toEqual({ [skill.packed.digest]: 'revoked' });
    await expectAnswer(say('lifted', 'please'), 409, 'move-illegal');
    expect(await shown()).toEqual({ [skill.packed.digest]: 'revoked' });
  });
});
