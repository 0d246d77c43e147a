import { expect, it, onTestFinished } from 'vitest';
import { makeKey } from '../people.ts';
import { claimScope, makeSkill, publish, signIn, signPublication, tarOf } from '../road.ts';
import { uploadForm, uploadToken } from '../uploads/foreign-uploads.ts';
import { makeWorld, type World } from '../world.ts';

/** How often the work lets other requests go on. Each time counts, however quick the machine is. */
async function waits(world: World, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  Object.defineProperty(world.registry.identities, 'turnAt', {
    configurable: true,
    get: () => 0,
    set: () => count++,
  });
  await work();
  return count;
}

it('others go on while many files are packed, unpacked and compared', async () => {
  const world = await makeWorld();
  onTestFinished(() => world.close());
  const { send } = world;
  const author = makeKey();
  await claimScope(send, 'acme', author);
  const skill = makeSkill('@acme/count', '1.0.0');
  const sent = { tar: tarOf(skill), envelope: await signPublication(skill, author) };
  const statuses: number[] = [];
  const again = async () => statuses.push((await publish(send, skill, author, sent)).status);
  await again();
  expect(await waits(world, again)).toBeGreaterThanOrEqual(2);
  expect(statuses).toEqual([201, 201]);

  const token = await uploadToken(send, await signIn(send, author));
  const form = { slug: 'words', ownerHandle: 'acme', version: '1.0.0' };
  const { files } = makeSkill('@acme/words', '1.0.0');
  const upload = async () => statuses.push((await uploadForm(send, token, form, files)).status);
  expect(await waits(world, upload)).toBeGreaterThanOrEqual(3);
  expect(statuses).toEqual([201, 201, 200]);
});
