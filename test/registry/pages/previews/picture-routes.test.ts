import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPublicVersion } from '../../../../registry/pages/approved-version.ts';
import {
  registryPicture,
  scopePicture,
  versionPicture,
} from '../../../../registry/pages/previews/page-pictures.ts';
import { type Drawing, openDrawing } from '../../../../registry/pictures/drawing.ts';
import { strangerDrawingsBurst } from '../../../../registry/pictures/limits.ts';
import type { PagePicture } from '../../../../registry/pictures/picture.ts';
import { parseScope, parseSkillName } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import { revocationStatement } from '../../../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../../nonce.ts';
import { pngSize } from '../../pictures/png.ts';
import { state } from '../../road.ts';
import type { Staffed } from '../../world.ts';
import { makePublicStory, secretWords } from '../public-story.ts';

const browser = { accept: 'text/html' };

async function storyWith(drawing?: Drawing): Promise<Staffed> {
  const world = await makePublicStory();
  return drawing === undefined ? world : Object.assign(world, draws(world, drawing));
}

function draws({ registry }: Staffed, drawing: Drawing): object {
  return { registry: Object.assign(registry, { drawing }) };
}

describe('pictures of public pages', () => {
  let world: Staffed;
  const drawn: PagePicture[] = [];
  const drawing = openDrawing();
  beforeAll(async () => {
    world = await storyWith({
      ...drawing,
      draw: (picture) => {
        drawn.push(picture);
        return drawing.draw(picture);
      },
    });
  });
  afterAll(async () => {
    world.close();
    await drawing.close();
  });

  /** The path of the picture that a page names, and the tags about it. */
  async function pictureOf(path: string): Promise<{ address: string; head: string }> {
    const head = await (await world.send(path, { headers: browser })).text();
    const [, address = ''] = /og:image" content="http:\/\/localhost([^"]+)"/.exec(head) ?? [];
    return { address, head };
  }

  it.each(['/', '/rules', '/@acme', '/@acme/report', '/@acme/report@1.0.0', '/@acme/waiting'])(
    'has one of %s, which the page names with its size and its words',
    async (path) => {
      const { address, head } = await pictureOf(path);
      const answer = await world.send(address);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
      expect(pngSize(new Uint8Array(await answer.arrayBuffer()))).toEqual({
        width: 1200,
        height: 630,
      });
      expect(head).toContain('<meta property="og:image:width" content="1200">');
      expect(head).toContain('<meta property="og:image:height" content="630">');
      expect(head).toContain('<meta name="twitter:card" content="summary_large_image">');
      expect(head).toMatch(/og:image:alt" content="[^"]{10,}"/);
      const unchanged = { 'if-none-match': answer.headers.get('etag') ?? '' };
      expect((await world.send(address, { headers: unchanged })).status).toBe(304);
    },
  );

  it('says what an approved version can do, and nothing of the content of others', async () => {
    const of = async (name: string, version: string): Promise<PagePicture> => {
      const which = { name: parseSkillName(name), version: parseVersion(version) };
      return versionPicture('x', await readPublicVersion(world.registry, which));
    };
    expect(await of('@acme/report', '1.1.0')).toMatchObject({
      lead: '@acme',
      title: 'report',
      version: '1.1.0',
      state: { word: 'approved', outlook: 'approved' },
      text: 'Counts words.',
      can: [
        { named: 'tell an agent what to do', counted: 'tell an agent what to do' },
        { named: 'reach api.crm.example', counted: 'reach 1 host' },
        { named: 'see the environment variable TZ', counted: 'see 1 environment variable' },
      ],
      cannot: [],
    });
    for (const [name, word, outlook] of [
      ['waiting', 'in review', 'waiting'],
      ['held', 'quarantined', 'stopped'],
      ['refused', 'refused', 'stopped'],
      ['revoked', 'revoked', 'stopped'],
    ] as const) {
      const picture = await of(`@acme/${name}`, '1.0.0');
      expect(picture.state).toEqual({ word, outlook });
      expect(picture).not.toHaveProperty('can');
      expect(JSON.stringify(picture)).not.toMatch(new RegExp(secretWords.replace(' ', '|')));
    }
  });

  it('says what a skill with commands cannot do', async () => {
    const which = { name: parseSkillName('@acme/report'), version: parseVersion('1.1.0') };
    const { content, detail } = await readPublicVersion(world.registry, which);
    if (content === undefined) throw new Error('not approved');
    const manifest = { ...content.manifest, commands: { run: { module: 'report' } } };
    const picture = versionPicture('x', { detail, content: { ...content, manifest } });
    expect(picture.can?.map(({ named }) => named)).toEqual([
      'reach api.crm.example',
      'see the environment variable TZ',
    ]);
    expect(picture.cannot).toEqual(
      expect.arrayContaining(['start any program', 'reach any other host']),
    );
  });

  it('calls no version approved that installers refuse or that its author yanked', async () => {
    const which = { name: parseSkillName('@acme/report'), version: parseVersion('1.1.0') };
    const shown = await readPublicVersion(world.registry, which);
    const changed = (change: object): PagePicture['state'] =>
      versionPicture('x', { ...shown, detail: { ...shown.detail, ...change } }).state;
    expect(changed({ uncounted: 'its key had ended' })).toEqual({
      word: 'not installable',
      outlook: 'stopped',
    });
    expect(changed({ advice: [{ kind: 'yanked' }] })).toEqual({
      word: 'yanked',
      outlook: 'waiting',
    });
  });

  it.each([
    '/pictures/0.png',
    `/pictures/@nobody/${'0'.repeat(32)}.png`,
    `/pictures/@acme/absent/${'0'.repeat(32)}.png`,
    `/pictures/@acme/report@9.9.9/${'0'.repeat(32)}.png`,
    `/pictures/@acme/report/${'0'.repeat(32)}.svg`,
  ])('misses %s', async (path) => expect((await world.send(path)).status).toBe(404));

  it('draws nothing for an address with another digest, and leads to the present one', async () => {
    const before = drawn.length;
    const { address } = await pictureOf('/@acme/report@1.0.0');
    const other = address.replace(/[0-9a-f]{32}/, 'f'.repeat(32));
    const answer = await world.send(other);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, address]);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(drawn).toHaveLength(before);
  });

  it('draws only so many new pictures for one client, and those in memory for all', async () => {
    const forgetful = { ...world.registry.drawing, known: () => undefined } as Drawing;
    const other = await storyWith(forgetful);
    try {
      const head = await (await other.send('/@acme/report', { headers: browser })).text();
      const [, address = ''] = /og:image" content="http:\/\/localhost([^"]+)"/.exec(head) ?? [];
      const ask = async (from: string): Promise<number> =>
        (await other.send(address, { headers: { 'x-test-address': from } })).status;
      const statuses: number[] = [];
      for (let at = 0; at <= strangerDrawingsBurst; at++) statuses.push(await ask('192.0.2.7'));
      expect(new Set(statuses.slice(0, -1))).toEqual(new Set([200]));
      expect(statuses.at(-1)).toBe(429);
      expect(await ask('192.0.2.8')).toBe(200);
    } finally {
      other.close();
    }
    const { address } = await pictureOf('/@acme/report');
    for (let at = 0; at <= strangerDrawingsBurst; at++)
      expect((await world.send(address, { headers: { 'x-test-address': '::1' } })).status).toBe(
        200,
      );
  });

  it('shows a stop under another address, and no longer under the old one', async () => {
    const { address } = await pictureOf('/@acme/report@1.1.0');
    const stop = revocationStatement({
      registry: registryIdOf(world.registry.root),
      reason: 'it sends deals away',
      kind: 'suspended',
      target: { name: parseSkillName('@acme/report'), version: parseVersion('1.1.0') },
      nonce: freshNonce(),
    });
    expect((await state(world.send, stop, world.rita)).status).toBe(201);
    const after = await pictureOf('/@acme/report@1.1.0');
    expect(after.address).not.toBe(address);
    const answer = await world.send(address);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, after.address]);
  });
});

it('a registry that draws nothing has one picture for all pages', async () => {
  const world = await storyWith();
  try {
    const addresses = new Set<string>();
    for (const path of ['/', '/@acme/report', '/@acme/revoked@1.0.0']) {
      const head = await (await world.send(path, { headers: browser })).text();
      addresses.add(/og:image" content="http:\/\/localhost([^"]+)"/.exec(head)?.[1] ?? '');
      // The picture says nothing of a version, so its words do not either.
      expect(head).toContain('og:image:alt" content="Skills for agents: Signed by');
    }
    const [address = '', ...more] = addresses;
    expect(more).toEqual([]);
    const answer = await world.send(address);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(pngSize(new Uint8Array(await answer.arrayBuffer()))).toEqual({
      width: 1200,
      height: 630,
    });
    expect((await world.send(`/pictures/${'0'.repeat(32)}.png`)).status).toBe(302);
  } finally {
    world.close();
  }
});

it('the pictures of the registry and of a scope say whose they are', () => {
  expect(registryPicture('acme.example').origin).toBe('acme.example');
  expect(scopePicture('acme.example', parseScope('acme')).title).toBe('@acme');
});
