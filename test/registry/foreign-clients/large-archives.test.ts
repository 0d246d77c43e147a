import { beforeAll, expect, it, vi } from 'vitest';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { readTgz } from '../../../runner/archives/tgz.ts';
import { readZip } from '../../../runner/archives/zip.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { makeSkill, publishApproved } from '../road.ts';
import { expectProblem } from '../steps.ts';
import { oneWorld } from '../world.ts';

const world = oneWorld();
const manyFiles = 20;
const files = Object.fromEntries(
  Array.from({ length: manyFiles }, (_, at) => [`notes/${at}.md`, `${at} `.repeat(60_000)]),
);
const large = makeSkill('@acme/large', '1.0.0', { files });

beforeAll(async () => {
  await publishApproved(world, large);
  await renewSkills(world.registry);
});

const zip = '/archives/@acme/large/1.0.0';
const tgz = '/npm/@acme/large/-/large-1.0.0.tgz';

// Thirty slow clients of an archive of 20 MB held 660 MB before.
it.each([zip, tgz])('is made while the client reads it: %s', async (path) => {
  const tag = (await world.send(path)).headers.get('etag') ?? '';
  const reads = vi.spyOn(world.registry.objects, 'get');
  const { body } = await world.send(path);
  const few = reads.mock.calls.length;
  expect(few).toBeLessThan(5);
  const reader = body?.getReader();
  await reader?.read();
  expect(reads.mock.calls.length).toBeLessThan(few + 5);
  // A client that goes away has no more made for it.
  await reader?.cancel();
  const before = reads.mock.calls.length;
  const again = await world.send(path, { headers: { 'if-none-match': tag } });
  expect([again.status, reads.mock.calls.length - before]).toEqual([304, 1]);
  reads.mockRestore();
});

it('has the bytes of its digest, and each file as it was signed', async () => {
  const answer = await world.send(zip);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(answer.headers.get('etag')).toBe(`"${hexOf(digestOf(bytes))}"`);
  const signed = large.packed.bundle.files.map(({ sha256 }) => sha256);
  expect(readZip('large.zip', bytes).map((file) => digestOf(file.read()))).toEqual(signed);

  const tar = await world.send(tgz);
  const packed = Buffer.from(await tar.arrayBuffer());
  expect(tar.headers.get('etag')).toBe(`"${hexOf(digestOf(packed))}"`);
  const inside = readTgz('large.tgz', packed).filter(({ path }) => path.includes('skills/'));
  expect(inside.map((file) => digestOf(file.read())).sort()).toEqual(signed.toSorted());
});

it('ends without its end when a file is damaged meanwhile', async () => {
  const answer = await world.send(zip);
  const get = vi.spyOn(world.registry.objects, 'get').mockResolvedValue(undefined);
  await expectProblem(answer.arrayBuffer(), 'blob-damaged');
  get.mockRestore();
});
