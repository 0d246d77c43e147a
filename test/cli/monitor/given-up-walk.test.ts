import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MonitorFolder } from '../../../cli/monitor/world.ts';
import { makeKey } from '../../registry/people.ts';
import { claimScope } from '../../registry/road.ts';
import { honest, type Lie, type Monitored, makeMonitored } from '../monitor-world.ts';
import { Dying, found, replayLook } from '../replay-look.ts';
import { folderWith } from '../temporary-folder.ts';

let monitored: Monitored;
let dir: string;
beforeEach(async () => {
  monitored = await makeMonitored();
  dir = folderWith();
  await look();
});
afterEach(() => monitored.close());

const look = async (): Promise<string[]> =>
  found(await replayLook(monitored, new MonitorFolder(dir)));
const claim = async (name: string): Promise<void> => {
  expect((await claimScope(monitored.world, name, makeKey())).status).toBe(201);
};
/**
 * A batch is written in this order: its words, its addresses, the state that counts them; at the
 * end the proven head.
 */
const writes = { words: 0, addresses: 1, state: 2, proven: 3 } as const;
const killedAt = async (write: keyof typeof writes): Promise<void> => {
  await expect(replayLook(monitored, new Dying(dir, writes[write]))).rejects.toThrow('killed');
};

const damagedTile: Lie = async (path, response) => {
  if (!path.startsWith('/log/tile/entries')) return response;
  const bytes = Buffer.from(await response.arrayBuffer());
  bytes.writeUInt8(bytes.readUInt8(bytes.byteLength - 30) ^ 1, bytes.byteLength - 30);
  return new Response(bytes);
};

describe('a replay whose walk was killed', () => {
  it('goes on when the only word of its batch is withheld next, and comes late', async () => {
    await claim('late');
    await killedAt('addresses');
    const path = `/log/statements/${(await monitored.size()) - 1}`;
    monitored.lie = (asked, response) =>
      asked === path ? new Response('', { status: 404 }) : response;
    expect(await look()).toEqual(['statement-withheld']);
    monitored.lie = honest;
    expect(await look()).toEqual([]);
    expect(await look()).toEqual([]);
  });

  it('goes on when the log did not come to its head, and the next batches begin at other entries', async () => {
    await claim('one');
    await killedAt('proven');
    await claim('two');
    await killedAt('addresses');
    monitored.lie = damagedTile;
    expect(await look()).toEqual(['log-withheld']);
    monitored.lie = honest;
    expect(await look()).toEqual([]);
    await claim('three');
    expect(await look()).toEqual([]);
  });
});
