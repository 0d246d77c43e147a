/** What a token that uploads learns when its client asks which version has some files. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { fingerprintOf } from '../../../registry/uploads/clawhub-fingerprint.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { call, makeSkill, publish, publishApproved } from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';
import { uploadForm, uploadToken } from './foreign-uploads.ts';

const skill = makeSkill('@acme/notes', '1.0.0');
const payload = { slug: 'notes', version: '1.0.0' };
const bare = skill.files.filter(({ path }) => path === 'SKILL.md');

let world: Staffed;
let token: string;
beforeEach(async () => {
  world = await makeStaffedWorld();
  token = await uploadToken(world.send, world.tokens.author);
});
afterEach(() => world.close());

describe('resolve with a token', () => {
  it('names an upload to its token', async () => {
    const resolve = async (hash = 'x') =>
      (await call(world.send, `/api/v1/resolve?slug=notes&hash=${hash}`, { token })).body;
    expect(await resolve()).toEqual({ match: null, latestVersion: null });
    await uploadForm(world.send, token, { ...payload, version: '1.2.0' }, bare);
    await publish(world.send, skill, world.author);
    expect(await resolve()).toEqual({ match: null, latestVersion: { version: '1.2.0' } });
    for (const [files, version] of [
      [bare, '1.2.0'],
      [skill.files, '1.0.0'],
    ] as const)
      expect(await resolve(fingerprintOf(packBundle(files).bundle.files))).toMatchObject({
        match: { version },
      });
    const others = await call(world.send, '/api/v1/resolve?slug=notes&ownerHandle=acme&hash=x');
    expect(JSON.stringify(others.body)).not.toContain('1.2.0');
  });

  it('keeps no client from the offered version, and names no number that is taken', async () => {
    const { send } = world;
    const next = makeSkill('@acme/notes', '1.1.0');
    const waits = makeSkill('@acme/notes', '1.2.0');
    for (const one of [skill, next]) await publishApproved(world, one, world.author);
    await publish(send, waits, world.author);
    await renewSkills(world.registry);
    const resolve = async (hash: string) =>
      (await call(send, `/api/v1/resolve?slug=notes&ownerHandle=acme&hash=${hash}`, { token }))
        .body;
    const hashOf = (one: typeof skill): string => fingerprintOf(one.packed.bundle.files);
    for (const [copy, version] of [
      [skill, '1.0.0'],
      [next, '1.1.0'],
      [waits, '1.2.0'],
    ] as const)
      expect(await resolve(hashOf(copy))).toEqual({
        match: { version },
        latestVersion: { version: '1.1.0' },
      });
    expect(await resolve('x')).toEqual({ match: null, latestVersion: { version: '1.2.0' } });
    // A token must not make the registry read all lists of files with each request.
    const reads = vi.spyOn(world.registry.objects, 'get');
    expect(await resolve('y')).toMatchObject({ match: null });
    expect(reads).not.toHaveBeenCalled();
    reads.mockRestore();
  });
});
