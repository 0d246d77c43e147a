import { expect, it, onTestFinished } from 'vitest';
import { readReview } from '../../../registry/review/detail.ts';
import { parsePylock } from '../../../skills-index/packages/locks/pylock.ts';
import { lockedEntries } from '../../../skills-index/packages/require-locked.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import { makeKey } from '../people.ts';
import { claimScope, makeSkill, publish, signPublication, tarOf } from '../road.ts';
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
});

it('others go on while a lock of many packages is read, at the upload and at the desk', async () => {
  const world = await makeWorld();
  onTestFinished(() => world.close());
  const author = makeKey();
  await claimScope(world, 'acme', author);
  const count = 50;
  const skill = lockedSkill(count);
  expect(await waits(world, () => publish(world, skill, author))).toBeGreaterThan(2 * count);
  const { name, version } = skill.manifest;
  expect(await waits(world, () => readReview(world.registry, { name, version }))).toBeGreaterThan(
    count,
  );
});

function lockedSkill(count: number) {
  const packages = Array.from({ length: count }, (_, at) => {
    const wheel = `{url = "https://files.example/p${at}-1.0-py3-none-any.whl", hashes = {sha256 = "${'8a'.repeat(32)}"}}`;
    return `[[packages]]\nname = "p${at}"\nversion = "1.0"\nwheels = [${wheel}]\n`;
  });
  const lock = `lock-version = "1.0"\n${packages.join('')}`;
  const locked = lockedEntries(parsePylock(Buffer.from(lock), 'pylock.toml'));
  const python = { requires: ['p0'], why: 'reads tables', lock: 'pylock.toml', locked };
  const [name, version] = ['@acme/tables', '1.0.0'];
  const manifest = JSON.stringify({ name, version, capabilities: {}, packages: { python } });
  const made = makeSkill(name, version, { files: { 'skill.json': manifest, 'pylock.toml': lock } });
  return { ...made, manifest: parseManifest(Buffer.from(manifest)) };
}
