import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revocationStatement } from '../../../skills-index/statement/attestation.ts';
import { type Status, verifyStatus } from '../../../skills-index/trust/index-files/status-file.ts';
import { freshNonce } from '../../nonce.ts';
import {
  type Answer,
  approve,
  call,
  makeSkill,
  publish,
  type Skill,
  scan,
  signIn,
  state,
} from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

describe('status.json', () => {
  let world: Staffed;
  let skill: Skill;
  beforeAll(async () => {
    world = await makeStaffedWorld();
    const { send, author, scanner, rita, tokens } = world;
    skill = makeSkill('@acme/marked', '1.0.0');
    await publish(send, skill, author);
    await scan(send, tokens.scanner, scanner, skill, 'pass');
    await approve(send, tokens.rita, rita, skill);
  });
  afterAll(() => world.close());

  const read = async (): Promise<Status> => {
    const bytes = Buffer.from(await (await world.send('/index/status.json')).arrayBuffer());
    return verifyStatus(bytes, world.trust.root, world.registry.now().getTime());
  };
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

  it('follows the log at once', async () => {
    const before = await read();
    await publish(world.send, makeSkill('@acme/marked', '1.0.1'), world.author);
    expect((await read()).checkpoint).not.toBe(before.checkpoint);
  });

  it('names a suspension until it is lifted, and a revocation for ever', async () => {
    expect(await say('revoked', 'no', world.author)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await say('lifted', 'early')).toMatchObject({
      status: 409,
      body: { code: 'move-illegal' },
    });
    expect((await say('suspended', 'doubt')).status).toBe(201);
    expect((await read()).marks).toMatchObject([
      { bundle: skill.packed.digest, kind: 'suspended', reason: 'doubt' },
    ]);
    expect((await say('lifted', 'cleared')).status).toBe(201);
    expect((await read()).marks).toEqual([]);
    expect((await say('revoked', 'sure')).status).toBe(201);
    expect((await read()).marks).toMatchObject([{ kind: 'revoked', reason: 'sure' }]);
    expect(await say('lifted', 'please')).toMatchObject({
      status: 409,
      body: { code: 'move-illegal' },
    });
    expect((await read()).marks).toHaveLength(1);
  });

  it('names every approved version of a publisher that is revoked', async () => {
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
    expect((await read()).marks.map((mark) => mark.bundle)).toContain(other.packed.digest);
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
