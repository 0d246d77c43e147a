import { expect, it, onTestFinished } from 'vitest';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { makeKey } from '../people.ts';
import { claimScope, makeSkill, publish } from '../road.ts';
import { makeWorld } from '../world.ts';

it('an upload leaves the reserve of the disk to statements', async () => {
  const world = await makeWorld();
  onTestFinished(() => world.close());
  const { send } = world;
  const author = makeKey();
  await claimScope(send, 'acme', author);
  const requireRoom = async (what: string) => {
    if (what === 'files') throw new Problem('registry-full', 'The disk is full');
  };
  Object.assign(world.registry, { requireRoom });
  const answers = [
    await publish(send, makeSkill('@acme/words', '1.0.0'), author),
    await claimScope(send, 'next', makeKey()),
  ];
  expect(answers.map(({ status }) => status)).toEqual([507, 201]);
});
