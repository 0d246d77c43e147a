import { afterAll, beforeAll, expect, it } from 'vitest';
import { append } from '../../../registry/log/sequencer.ts';
import { readTile } from '../../../registry/log/tiles.ts';
import type { Objects } from '../../../registry/store/objects.ts';
import { parseHashTile, perfectRoot, tileWidthMax } from '../../../skills-index/log/tile-proof.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import { makeKey } from '../people.ts';
import { makeWorld, type World } from '../world.ts';

const owner = makeKey();
let world: World;
let scopes = 0;
beforeAll(async () => {
  world = await makeWorld();
  await growTo(2);
});
afterAll(() => world.close());

/** Appends statements until the log has so many full tiles of leaves. */
async function growTo(tiles: number): Promise<void> {
  while (scopes < tiles * tileWidthMax) {
    const many = Array.from({ length: 32 }, async () => {
      const scope = parseScope(`tile-${scopes++}`);
      const statement = scopeStatement({ scope, owners: [owner.open] });
      const envelope = await signStatement(statement, owner);
      return { statement, envelope, signer: { keyId: owner.keyId, spki: owner.publicKey } };
    });
    await append(world.registry, { statements: await Promise.all(many), writes: () => [] });
  }
}

/** Reads a tile, and lists the tiles that were read for it. */
async function read(path: string): Promise<{ bytes: Buffer; asked: string[] }> {
  const asked: string[] = [];
  const { objects } = world.registry;
  const get: Objects['get'] = async (name) => {
    const bytes = await objects.get(name);
    if (bytes !== undefined) asked.push(name);
    return bytes;
  };
  const bytes = await readTile({ ...world.registry, objects: { ...objects, get } }, path);
  return { bytes: Buffer.from(bytes), asked };
}

/** The tile above the first tiles of leaves, from the leaves alone. */
async function above(tiles: number): Promise<Buffer> {
  const roots = Array.from({ length: tiles }, async (_, index) => {
    const bytes = await readTile(world.registry, `tile/0/00${index}`);
    return perfectRoot(parseHashTile(bytes, { level: 0, index, width: tileWidthMax }));
  });
  return Buffer.concat(await Promise.all(roots));
}

it('the last tile above the leaves is made from the tile before it', async () => {
  expect((await read('tile/1/000.p/2')).bytes).toEqual(await above(2));
  await growTo(3);
  const wanted = await above(3);
  const made = await read('tile/1/000.p/3');
  expect(made.bytes).toEqual(wanted);
  expect(made.asked).toEqual(['public/log/tile/1/000.p/2', 'public/log/tile/0/002']);
  const again = await read('tile/1/000.p/3');
  expect(again).toEqual({ bytes: wanted, asked: ['public/log/tile/1/000.p/3'] });
});

it('a tile of an earlier log is the same as it was', async () => {
  expect((await read('tile/1/000.p/1')).bytes).toEqual(await above(1));
});

it.each([
  ['changed', (bytes: Buffer) => bytes.fill(7, 40, 50)],
  ['cut off', (bytes: Buffer) => bytes.subarray(0, 32)],
  ['empty', () => Buffer.alloc(0)],
])('a kept tile that was %s counts neither itself nor for the next tile', async (_, damage) => {
  const { objects } = world.registry;
  for (const tiles of [2, 3]) {
    const bytes = damage(await above(tiles));
    await objects.put(`public/log/tile/1/000.p/${tiles}`, bytes);
  }
  expect((await read('tile/1/000.p/3')).bytes).toEqual(await above(3));
  expect((await read('tile/1/000.p/3')).asked).toEqual(['public/log/tile/1/000.p/3']);
});

it('a tile is answered although the storage does not take it', async () => {
  const failures: unknown[] = [];
  const { objects } = world.registry;
  await objects.put('public/log/tile/1/000.p/3', Buffer.alloc(0));
  const failing = {
    ...world.registry,
    objects: { ...objects, put: () => Promise.reject(new Error('the disk is full')) },
    reportPutOff: (error: unknown) => failures.push(error),
  };
  expect(Buffer.from(await readTile(failing, 'tile/1/000.p/3'))).toEqual(await above(3));
  expect(failures).toHaveLength(1);
});
