import { expect, it, onTestFinished } from 'vitest';
import { uploadFiles as sentFiles } from '../../../registry/uploads/uploads-schema.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { makeKey } from '../people.ts';
import { claimScope, makeSkill, publish, signIn } from '../road.ts';
import { uploadFiles, uploadForm, uploadToken } from '../uploads/foreign-uploads.ts';
import { makeWorld } from '../world.ts';

it('every way to upload files leaves the reserve of the disk to statements', async () => {
  const world = await makeWorld();
  onTestFinished(() => world.close());
  const { send } = world;
  const author = makeKey();
  await claimScope(send, 'acme', author);
  const token = await uploadToken(send, await signIn(send, author));
  const requireRoom = async (what: string): Promise<void> => {
    if (what === 'files') throw new Problem('registry-full', 'The disk is full');
  };
  Object.assign(world.registry, { requireRoom });
  const skill = makeSkill('@acme/words', '1.0.0');
  const form = { slug: 'words', ownerHandle: 'acme', version: '1.0.0' };
  const answers = [
    await publish(send, skill, author),
    await uploadForm(send, token, form, skill.files),
    await uploadFiles(send, token, form, skill),
    await claimScope(send, 'next', makeKey()),
  ];
  expect(answers.map(({ status }) => status)).toEqual([507, 507, 507, 201]);
  // Files that come one by one are refused before their list.
  expect(await world.registry.db.read.select().from(sentFiles)).toEqual([]);
});
