import { expect, it } from 'vitest';
import { call, makeSkill, publishApproved } from '../road.ts';
import { ownWorld } from '../world.ts';

it('tells a program at the bare address where everything is', async () => {
  const world = await ownWorld();
  const { send } = world;
  const skill = makeSkill('@acme/count', '1.0.0');
  await publishApproved(world, skill);
  const answer = await send('/');
  expect([answer.status, answer.headers.get('content-security-policy')]).toEqual([
    200,
    "default-src 'none'; frame-ancestors 'none'; sandbox",
  ]);
  const { body } = await call(send, '/');
  const { add, desk, index, log, origin, status } = body;
  const { base } = world.registry.config;
  expect([origin, add]).toEqual([world.registry.root.origin, `skillgate registry add ${base}`]);
  const file = index.replace('{scope}', 'acme').replace('{name}', 'count');
  for (const address of [file, log, status]) {
    expect(address).toMatch(`${base}/`);
    expect((await call(send, address.slice(base.length))).status, address).toBe(200);
  }
  expect((await send(desk.slice(base.length))).headers.get('location')).toBe('/review/sign-in');
});

it('gives nobody the fingerprint to pin, which only the operator can tell', async () => {
  const world = await ownWorld();
  expect(await (await world.send('/')).text()).not.toMatch(/sha256:/);
});
