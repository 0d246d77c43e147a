import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../registry/app.ts';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { indexFileName } from '../../../registry/index/index-file.ts';
import { indexPartName } from '../../../registry/index/index-rows.ts';
import { logSize } from '../../../registry/log/log.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { makeKey } from '../people.ts';
import { claimScope, makeSkill, publishApproved, signIn } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

const token = 'r'.repeat(43);
const otherToken = 'o'.repeat(43);
const office = '10.1.2.3';
const skill = makeSkill('@acme/payroll', '1.0.0');
let part = '';
const file = {
  schema: 'skillgate.readers/1' as const,
  private: [parseScope('acme')],
  readers: [
    { name: 'agents', token: digestOf(token), scopes: [parseScope('acme')] },
    { name: 'another team', token: digestOf(otherToken), scopes: [parseScope('other')] },
    { name: 'the office', addresses: ['10.1.0.0/16'] },
  ],
};

async function tell(): Promise<Staffed> {
  const world = await makeStaffedWorld({ readers: file });
  await publishApproved(world, skill);
  await renewSkills(world.registry);
  // As if the skill had so many versions that a part has this line.
  const index = world.stored.get(indexFileName(skill.manifest.name)) ?? Buffer.alloc(0);
  part = indexPartName(skill.manifest.name, digestOf(index));
  world.stored.set(part, index);
  return world;
}

/** Addresses with a query. */
const asked = [
  '/@acme/payroll@1.0.0',
  '/?q=payrol',
  '/?q=count+the+words',
  // A name with a typo, so that an answer that has the name tells of the skill.
  '/api/v1/search?q=payrol',
  '/api/v1/search?q=count+the+words',
  '/api/v1/skills?prefix=pay',
  '/api/v1/skills/payroll?ownerHandle=acme',
  '/api/v1/skills/payroll/verify?ownerHandle=acme',
  '/api/v1/skills/payroll/verify?ownerHandle=acme&version=1.0.0',
  '/api/v1/skills/payroll/versions?ownerHandle=acme',
  '/api/v1/skills/payroll/versions/1.0.0?ownerHandle=acme',
  '/api/v1/skills/payroll/file?ownerHandle=acme&path=SKILL.md',
  '/@acme/payroll@1.0.0/.well-known/agent-skills/index.json',
  '/@acme/payroll@1.0.0/marketplace.json',
  '/api/v1/download?slug=payroll&ownerHandle=acme',
  '/api/v1/download?slug=acme--payroll&version=1.0.0',
  '/api/v1/resolve?slug=payroll&ownerHandle=acme&hash=x',
];

describe('a private scope', () => {
  let world: Staffed;
  let strangers: string;
  beforeAll(async () => {
    world = await tell();
    const stranger = makeKey();
    await claimScope(world, 'others', stranger);
    strangers = await signIn(world, stranger);
  });
  afterAll(() => world.close());

  /** Every address that the registry answers to GET, with all that a stranger could guess in it. */
  async function addresses(): Promise<string[]> {
    const { size, lines, digests } = await known();
    const values: Record<string, readonly string[]> = {
      scope: ['@acme', 'acme'],
      name: ['payroll'],
      slug: ['payroll', 'acme--payroll'],
      version: ['1.0.0'],
      hex: digests,
      digest: digests.map((hex) => `sha256:${hex}`),
      bundle: [hexOf(skill.packed.digest)],
      at: ['0'],
      index: Array.from({ length: size }, (_, at) => String(at)),
      line: lines,
      keyId: [world.author.keyId],
      id: [world.author.keyId],
      file: digests.map((hex) => `${hex}.json`),
      from: ['1'],
      size: [String(size)],
      group: ['any'],
      rule: ['any'],
      path: ['SKILL.md'],
      action: ['file'],
      package: ['@acme%2fpayroll'],
      tarball: ['payroll-1.0.0.tgz'],
    };
    const app = createApp(world.registry, { logError: () => undefined });
    const paths = app.routes
      .filter(({ method, path }) => method === 'GET' && !path.includes('*'))
      .map(({ path }) => path.replaceAll(/\{[^}]*\}/g, ''));
    return [...[...new Set(paths)].flatMap((path) => filled(path, values)), ...asked];
  }

  function filled(path: string, values: Readonly<Record<string, readonly string[]>>): string[] {
    const [whole, name = ''] = /(?<=\/):(\w+)/.exec(path) ?? [];
    if (whole === undefined) return [path];
    const all = values[name];
    if (all === undefined) throw new Error(`The test knows no value for ${whole} of ${path}`);
    return all.flatMap((value) => filled(path.replace(whole, value), values));
  }

  async function known() {
    const index = await read('/index/@acme/payroll', { token });
    const lines = index.text.split('\n').filter(Boolean);
    return {
      size: await logSize(world.registry),
      lines: lines.map((line) => hexOf(digestOf(line))),
      digests: [...world.stored.keys()].flatMap((name) => /[0-9a-f]{64}/.exec(name) ?? []),
    };
  }

  async function read(
    path: string,
    by: { readonly token?: string; readonly address?: string } = {},
  ): Promise<{ status: number; text: string; cache: string | null }> {
    const answer = await world.send(path, {
      headers: {
        ...(by.token === undefined ? {} : { authorization: `Bearer ${by.token}` }),
        ...(by.address === undefined ? {} : { 'x-test-address': by.address }),
        // Browsers get pages, which tell as little as everything else.
        accept: 'text/html, */*',
      },
    });
    const cache = answer.headers.get('cache-control');
    return { status: answer.status, text: await answer.text(), cache };
  }

  it('shows nothing of itself to others, and answers as if it did not exist, at any address', async () => {
    const all = await addresses();
    expect(all.length).toBeGreaterThan(150);
    const shown: string[] = [];
    for (const path of all)
      for (const by of [{}, { token: strangers }, { token: otherToken }, { address: '10.2.0.1' }]) {
        const there = await read(path, by);
        const absent = await read(path.replaceAll('acme', 'nowhere'), by);
        const isLikeAbsent =
          there.status === absent.status &&
          there.text.replaceAll('acme', 'nowhere') === absent.text;
        if (isTold(there.text, path) || (path.includes('acme') && !isLikeAbsent))
          shown.push(`${there.status} ${path}`);
      }
    expect(shown).toEqual([]);
  });

  /** Whether an answer tells something of the skill, beside what its address has in it. */
  function isTold(text: string, path: string): boolean {
    return ['acme', 'payroll', hexOf(skill.packed.digest)].some(
      (word) => text.includes(word) && !path.includes(word),
    );
  }

  const known200 = [
    '/index/@acme/payroll',
    '/proofs/@acme/payroll/1.0.0',
    `/blobs/sha256/${hexOf(skill.packed.digest)}`,
    '/api/v1/versions/@acme/payroll',
    '/api/v1/versions/@acme/payroll/1.0.0',
    '/api/v1/scopes/acme',
    '/@acme/payroll',
    '/@acme',
    '/packs/files/BUNDLE/0',
    '/@acme/.well-known/agent-skills/index.json',
    '/@acme/payroll/.well-known/agent-skills/index.json',
    '/archives/@acme/payroll/1.0.0',
    '/@acme/marketplace.json',
    '/@acme/payroll/marketplace.json',
    '/npm/@acme%2fpayroll',
    '/npm/@acme/payroll/-/payroll-1.0.0.tgz',
    ...asked.filter((path) => path.includes('acme')),
    '/api/v1/keys/AUTHOR',
  ];
  const here = (path: string): string =>
    path.replace('BUNDLE', hexOf(skill.packed.digest)).replace('AUTHOR', world.author.keyId);

  it.each<[string, () => Parameters<typeof read>[1], number]>([
    ['a reader by token', () => ({ token }), 200],
    ['a reader by address', () => ({ address: office }), 200],
    ['an owner of the scope', () => ({ token: world.tokens.author }), 200],
    ['a reviewer', () => ({ token: world.tokens.omar }), 200],
    ['a scanner', () => ({ token: world.tokens.scanner }), 200],
    ['nobody', () => ({}), 404],
    ['an owner of another scope', () => ({ token: strangers }), 404],
    ['a reader of another scope', () => ({ token: otherToken }), 404],
    ['a neighbour of the office', () => ({ address: '10.2.0.1' }), 404],
  ])('answers %s', async (_, by, status) => {
    for (const path of [...known200, part.replace(/^public/, '')])
      expect([path, (await read(here(path), by())).status]).toEqual([path, status]);
  });

  it('hides no key that a statement about somebody public names', async () => {
    const owner = makeKey();
    const unknown = makeKey();
    await claimScope(world, 'open', owner);
    const status = async (keyId: string) => (await read(`/api/v1/keys/${keyId}`)).status;
    expect(await status(owner.keyId)).toBe(200);
    expect(await status(world.omar.keyId)).toBe(200);
    expect(await status(world.trust.administrator.keyId)).toBe(200);
    expect(await status(unknown.keyId)).toBe(404);
    expect(
      (await read(`/api/v1/keys/${world.author.keyId}`)).text.replaceAll(world.author.keyId, 'X'),
    ).toBe((await read(`/api/v1/keys/${unknown.keyId}`)).text.replaceAll(unknown.keyId, 'X'));
  });

  it('tells who holds a token whose token it is, and that another token is none', async () => {
    const reader = '/api/v1/reader';
    expect((await read(reader, { token })).text).toBe('{"readers":["agents"]}');
    expect((await read(reader, { address: office })).text).toBe('{"readers":["the office"]}');
    for (const by of [{}, { token: strangers }, { token: 'x'.repeat(43), address: office }])
      await expectAnswer(read(reader, by), 401);
  });

  it.each([
    '/@acme/payroll@x',
    '/@acme/payroll@x/marketplace.json',
    '/@acme/payroll@x/.well-known/agent-skills/index.json',
    '/archives/@acme/payroll/x',
    '/npm/@acme/payroll/-/payroll-x.tgz',
    '/npm/@acme/payroll/-/x.tgz',
    '/api/v1/download?slug=payroll&ownerHandle=acme&version=x',
    '/api/v1/skills/payroll/verify?ownerHandle=acme&version=x',
  ])('is told from no absent scope by a mistake in %s', async (path) => {
    const gone = await read(path.replaceAll('acme', 'gone'));
    expect(await read(path)).toEqual({ ...gone, text: gone.text.replaceAll('gone', 'acme') });
  });

  it('is kept by no shared cache', async () => {
    for (const path of ['/log/checkpoint', '/osv/all.jsonl', '/index/notices.atom', ...known200])
      for (const by of [{ token }, { address: office }, {}])
        expect([path, (await read(here(path), by)).cache]).toEqual([
          path,
          expect.stringMatching(/^private, (?:no-cache|max-age=\d+, immutable)$|^no-store$/),
        ]);
  });
});
