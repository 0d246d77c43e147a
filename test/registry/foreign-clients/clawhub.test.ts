import { beforeAll, describe, expect, it, vi } from 'vitest';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { makeKey } from '../people.ts';
import { call, claimScope, makeSkill, publishApproved } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { oneWorld } from '../world.ts';

describe('the routes of ClawHub', () => {
  const world = oneWorld();
  beforeAll(async () => {
    const { send, author } = world;
    const others = makeKey();
    await claimScope(send, 'beta', others);
    for (const [name, version, key] of [
      ['@acme/report', '1.0.0', author],
      ['@acme/report', '1.1.0', author],
      ['@acme/reporter', '1.0.0', author],
      ['@acme/weekly', '1.0.0', author],
      ['@beta/weekly', '1.0.0', others],
    ] as const) {
      const skill = makeSkill(name, version, { files: { '.hidden': 'x', 'notes.md': name } });
      await publishApproved(world, skill, key);
      world.wait(1_000);
    }
    await renewSkills(world.registry);
  });

  const read = (path: string) => call(world, `/api/v1/${path}`);

  it.each([
    ['skills/report', '@acme/report'],
    ['skills/report?ownerHandle=acme', '@acme/report'],
    ['skills/acme--weekly', '@acme/weekly'],
    ['skills/weekly?ownerHandle=beta', '@beta/weekly'],
  ])('find a skill at %s', async (path, name) => {
    const { status, body } = await read(path);
    expect([status, body.skill.displayName]).toEqual([200, name]);
    expect(body.latestVersion.license).toBeUndefined();
  });

  it.each([
    ['skills/weekly', 'Several scopes have a skill weekly', '@acme/weekly (acme--weekly)'],
    ['skills/absent', 'This registry offers no skill absent', 'Name its scope'],
    ['skills/report/versions/9.9.9', 'has no version @acme/report@9.9.9', ''],
    ['skills/report/file?path=../skill.json', 'has no such file', ''],
  ])('answer %s with a text', async (path, message, next) => {
    const answer = await world.send(`/api/v1/${path}`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect([answer.status, text]).toEqual([404, expect.stringContaining(message)]);
    expect(text).toContain(next);
  });

  it('list skills page by page, newest first or by the beginning of a name', async () => {
    const names = ({ body }: Awaited<ReturnType<typeof read>>): string[] =>
      body.items.map(({ displayName }: { displayName: string }) => displayName);
    const all = await read('skills');
    expect(names(all)).toEqual(['@beta/weekly', '@acme/weekly', '@acme/reporter', '@acme/report']);
    expect(all.body.nextCursor).toBeNull();
    const behind = all.body.items[1];
    const cursor = `${behind.updatedAt}:${behind.displayName}`;
    expect(names(await read(`skills?cursor=${encodeURIComponent(cursor)}`))).toEqual([
      '@acme/reporter',
      '@acme/report',
    ]);
    expect(names(await read('skills?prefix=report'))).toEqual(['@acme/report', '@acme/reporter']);
    const after = encodeURIComponent('@acme/report');
    expect(names(await read(`skills?prefix=report&cursor=${after}`))).toEqual(['@acme/reporter']);
    await expectAnswer(world.send('/api/v1/skills?cursor=nowhere'), 400);
  });

  it('find the version that a client has by its visible files', async () => {
    const { body } = await read('skills/report/versions/1.0.0');
    const visible = body.version.files.filter(({ path }: { path: string }) => path !== '.hidden');
    expect(visible).toHaveLength(body.version.files.length - 1);
    const lines = visible
      .map(({ path, sha256 }: { path: string; sha256: string }) => `${path}:${sha256}`)
      .toSorted((a: string, b: string) => a.localeCompare(b));
    const hash = hexOf(digestOf(lines.join('\n')));
    expect((await read(`resolve?slug=report&hash=${hash}`)).body).toEqual({
      match: { version: '1.0.0' },
      latestVersion: { version: '1.1.0' },
    });
    expect((await read('resolve?slug=report&hash=x')).body.match).toBeNull();
    // The fingerprints are known now, and no list of files is read again.
    const reads = vi.spyOn(world.registry.objects, 'get');
    expect((await read('resolve?slug=report&hash=x')).body.match).toBeNull();
    expect(reads).not.toHaveBeenCalled();
    reads.mockRestore();
  });

  it('give a file as bytes that no browser shows as a page', async () => {
    const answer = await world.send('/api/v1/skills/report/file?path=notes.md');
    expect(await answer.text()).toBe('@acme/report');
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  });
});
