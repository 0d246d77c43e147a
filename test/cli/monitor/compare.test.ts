import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { revocationStatement } from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { publishApproved, state } from '../../registry/road.ts';
import { indexInParts } from '../index-in-parts.ts';
import {
  calling,
  honest,
  type Lie,
  type Monitored,
  makeMonitored,
  skillAt,
} from '../monitor-world.ts';

let monitored: Monitored;
beforeEach(async () => {
  monitored = await makeMonitored();
});
afterEach(() => monitored.close());

const isIndex = (path: string): boolean => path.startsWith('/index/@acme');
const isPart = (path: string): boolean => path.startsWith('/index/parts/');
const linesOf = async (response: Response): Promise<string[]> =>
  (await response.text()).trim().split('\n');
const gone: Lie = (path, response) =>
  isIndex(path) ? new Response('', { status: 404 }) : response;
const withoutFirst: Lie = async (path, response) =>
  isIndex(path) ? new Response(`${(await linesOf(response)).slice(1).join('\n')}\n`) : response;
const edited =
  (from: string | RegExp, to: string): Lie =>
  async (path, response) =>
    isIndex(path) ? new Response((await response.text()).replaceAll(from, to)) : response;

describe('an honest registry', () => {
  it('is compared with the lines in the parts of its index, too', async () => {
    await monitored.bring(skillAt(1));
    await monitored.bring(skillAt(2));
    const inParts = indexInParts(skillAt(1).manifest.name);
    monitored.lie = inParts;
    const { exit, said, stderr } = await monitored.look();
    expect([exit, said?.differences, said?.lines], stderr).toEqual([0, [], 2]);
    monitored.lie = async (path, response) =>
      isPart(path) ? new Response('', { status: 404 }) : inParts(path, response);
    const lied = await monitored.look();
    expect(lied.exit).toBe(4);
    expect(JSON.stringify(lied)).toContain('The registry has no /index/parts/');
  });

  it('is not accused of a stop of a version whose index line could not be written, or was lost', async () => {
    const { world } = monitored;
    await monitored.bring(skillAt(1));
    const { objects } = world.registry;
    const full: typeof objects.putOver = async (name, ...more) => {
      if (name.includes('index/@acme')) throw new Error('the disk is full');
      return objects.putOver(name, ...more);
    };
    Object.assign(world.registry, { objects: { ...objects, putOver: full } });
    await publishApproved(world, skillAt(2));
    Object.assign(world.registry, { objects });
    await monitored.say(skillAt(2), 'revoked');
    monitored.lie = withoutSecond;
    const { exit, said, stderr } = await monitored.look();
    expect([exit, said?.differences], stderr).toEqual([0, []]);
    expect(said.notes).toEqual([
      '@acme/t@1.0.2 has a verification summary in the log and no index line, so installers are not offered the version',
    ]);
  });

  it('is not accused of what it cannot show: a version that was never offered, of a publisher who was stopped', async () => {
    await monitored.bring(skillAt(1));
    const { send, author, rita } = monitored.world;
    const target = { publisher: author.keyId };
    await state(
      send,
      revocationStatement({ nonce: freshNonce(), kind: 'suspended', target, reason: 'stolen?' }),
      rita,
    );
    monitored.lie = gone;
    const { exit, said } = await monitored.look();
    expect([exit, said.differences]).toEqual([0, []]);
    expect(said.notes).toEqual([expect.stringContaining('1.0.1 has a verification summary')]);
  });
});

const withoutSecond: Lie = async (path, response) =>
  isIndex(path) ? new Response(`${(await linesOf(response)).slice(0, 1).join('\n')}\n`) : response;

describe('a registry that hides a line', () => {
  it.each<[string, Lie, string]>([
    ['with the whole index file', gone, 'line-withheld'],
    ['alone', withoutFirst, 'line-withheld'],
    ['behind the head', edited(/"logIndex":\d+/g, '"logIndex":9999'), 'line-withheld'],
  ])('%s, is found out by the line that was shown before', async (_, lie, code) => {
    await monitored.bring(skillAt(1));
    await monitored.bring(skillAt(2));
    await monitored.look();
    await monitored.say(skillAt(1), 'revoked');
    monitored.lie = lie;
    const { exit, said } = await monitored.look();
    expect(exit).toBe(6);
    expect(said.differences).toContainEqual(
      expect.objectContaining({ code, place: '@acme/t@1.0.1' }),
    );
  });

  it('is found out by a monitor whose store was emptied since, too', async () => {
    await monitored.bring(skillAt(1));
    await monitored.look();
    rmSync(join(monitored.users.homeOf('stranger'), 'cache'), { recursive: true });
    monitored.lie = gone;
    expect((await monitored.look()).codes).toEqual(['line-withheld']);
    monitored.lie = honest;
    expect((await monitored.look()).exit).toBe(0);
  });
});

it('an index that says revoked where the suspension was lifted is reported', async () => {
  await monitored.bring(skillAt(1));
  await monitored.say(skillAt(1), 'suspended');
  await monitored.say(skillAt(1), 'lifted', monitored.world.omar);
  monitored.lie = calling('revoked');
  expect(await monitored.look()).toMatchObject({ exit: 6, codes: ['stop-unfounded'] });
  monitored.lie = honest;
  expect(await monitored.look()).toMatchObject({ exit: 0 });
});
