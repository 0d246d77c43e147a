import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentStatus } from '../../../registry/index/status-json.ts';
import { withStatusMemory } from '../../../registry/store/known-files.ts';
import { revocationStatement } from '../../../skills-index/statement/attestation.ts';
import { type Status, verifyStatus } from '../../../skills-index/trust/index-files/status-file.ts';
import { freshNonce } from '../../nonce.ts';
import {
  type Answer,
  approve,
  call,
  makeSkill,
  publish,
  publishApproved,
  type Skill,
  scan,
  signIn,
  state,
  stopsShown,
} from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

describe('status.json', () => {
  let world: Staffed;
  let skill: Skill;
  beforeAll(async () => {
    world = await makeStaffedWorld();
    skill = makeSkill('@acme/marked', '1.0.0');
    await publishApproved(world, skill);
  });
  afterAll(() => world.close());

  const read = async (): Promise<Status> => {
    const bytes = Buffer.from(await (await world.send('/index/status.json')).arrayBuffer());
    return verifyStatus(bytes, world.trust.root, world.registry.now().getTime());
  };
  const shown = () => stopsShown(world.send, '@acme/marked');
  const say = async (
    kind: 'suspended' | 'lifted' | 'revoked',
    reason: string,
    key = world.rita,
  ): Promise<Answer> =>
    state(
      world.send,
      revocationStatement({
        nonce: freshNonce(),
        kind,
        target: { bundle: skill.packed.digest },
        reason,
      }),
      key,
    );

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
    await publish(world.send, makeSkill('@acme/marked', '1.0.1'), world.author);
    expect((await read()).checkpoint).not.toBe(before.checkpoint);
  });

  it('leaves a suspension to the index until it is lifted, and a revocation for ever', async () => {
    expect(await say('revoked', 'no', world.author)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await say('lifted', 'early')).toMatchObject({
      status: 409,
      body: { code: 'move-illegal' },
    });
    expect((await say('suspended', 'doubt')).status).toBe(201);
    expect(await shown()).toEqual({ [skill.packed.digest]: 'suspended' });
    expect((await say('lifted', 'cleared')).status).toBe(201);
    expect(await shown()).toEqual({});
    expect((await say('revoked', 'sure')).status).toBe(201);
    expect(await shown()).toEqual({ [skill.packed.digest]: 'revoked' });
    expect(await say('lifted', 'please')).toMatchObject({
      status: 409,
      body: { code: 'move-illegal' },
    });
    expect(await shown()).toEqual({ [skill.packed.digest]: 'revoked' });
  });

  it('has one size, however many versions are stopped, and the index shows each', async () => {
    const { send, author, scanner, rita } = world;
    while ((await scannerJob()) !== null);
    const other = makeSkill('@acme/second', '1.0.0');
    await publish(send, other, author);
    await scan(send, await signIn(send, scanner), scanner, other, 'pass');
    await approve(send, await signIn(send, rita), rita, other);
    const target = { publisher: author.keyId };
    expect(
      (
        await state(
          send,
          revocationStatement({
            nonce: freshNonce(),
            kind: 'revoked',
            target,
            reason: 'stolen key',
          }),
          rita,
        )
      ).status,
    ).toBe(201);
    expect(await stopsShown(send, '@acme/second')).toEqual({ [other.packed.digest]: 'revoked' });
  });

  const scannerJob = async (): Promise<unknown> => {
    return (
      await call(world.send, '/api/v1/jobs/lease', {
        token: await signIn(world.send, world.scanner),
        json: {},
      })
    ).body.job;
  };
});
