import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { append } from '../../../registry/log/sequencer.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { makeKey } from '../../registry/people.ts';
import { claimScope } from '../../registry/road.ts';
import { calling, honest, type Monitored, makeMonitored, skillAt } from '../monitor-world.ts';

let monitored: Monitored;
beforeEach(async () => {
  monitored = await makeMonitored();
});
afterEach(() => monitored.close());

const other = (): Promise<Monitored> => makeMonitored({ trust: monitored.world.trust });
const claim = async ({ world }: Monitored, ...scopes: string[]): Promise<void> => {
  for (const scope of scopes) await claimScope(world, scope, makeKey());
};

describe('two histories that one key signed', () => {
  it.each([
    ['of the same length', ['b', 'c'], 'log-forked'],
    ['of more entries', ['b', 'c', 'd'], 'log-forked'],
    ['of fewer entries', ['b'], 'log-rolled-back'],
  ])('%s are reported to whoever saw the other one', async (_, scopes, code) => {
    const second = await other();
    await claim(monitored, 'x', 'y');
    await claim(second, ...scopes);
    expect((await monitored.look()).exit).toBe(0);
    monitored.lie = (path) => second.world.send(path);
    expect((await monitored.look()).codes).toEqual([code]);
    monitored.lie = honest;
    expect((await monitored.look()).exit).toBe(0);
    second.close();
  });

  it('are reported where the status shows one and the checkpoint the other, to who never looked before', async () => {
    const second = await other();
    await claim(monitored, 'x');
    await claim(second, 'b');
    monitored.lie = (path, response) =>
      path === '/log/checkpoint' ? second.world.send(path) : response;
    expect((await monitored.look()).codes).toEqual(['log-forked']);
    second.close();
  });

  it('do not lend statements and lines to each other', async () => {
    const second = await other();
    await monitored.bring(skillAt(1));
    await second.bring(skillAt(2));
    monitored.lie = async (path, response) => {
      if (path.startsWith('/index/@acme')) return second.world.send(path);
      return path.startsWith('/blobs/') && response.status === 404
        ? second.world.send(path)
        : response;
    };
    expect(new Set((await monitored.look()).codes)).toEqual(new Set(['line-unfounded']));
    second.close();
  });

  it('do not lend a statement with the same place to an entry that commits to another', async () => {
    const second = await other();
    await claim(monitored, 'x');
    await claim(second, 'b');
    const last = (await monitored.size()) - 1;
    expect(last).toBe((await second.size()) - 1);
    monitored.lie = (path, response) =>
      path === `/log/statements/${last}` ? second.world.send(path) : response;
    const { said } = await monitored.look();
    expect(said.differences).toMatchObject([
      { code: 'statement-withheld', place: `log index ${last}` },
    ]);
    second.close();
  });
});

describe('a look at a moving log', () => {
  beforeEach(() => monitored.bring(skillAt(1)));

  /** The first index files call each version revoked; each look is followed by an entry. */
  const moving = (times: number): void => {
    let looks = 0;
    monitored.lie = async (path, response) => {
      if (looks < times && path.startsWith('/index/@')) {
        looks++;
        await claim(monitored, `s-${looks}`);
        return calling('revoked')(path, response);
      }
      return response;
    };
  };

  it('is tried again when the log grew meanwhile', async () => {
    moving(1);
    expect(await monitored.look()).toMatchObject({ exit: 0, said: { differences: [], notes: [] } });
  });

  it('accuses nobody of stops when it grew during each try, and says so', async () => {
    moving(3);
    const { exit, said } = await monitored.look();
    expect([exit, said.differences]).toEqual([0, []]);
    expect(said.notes).toEqual([expect.stringContaining('the index is newer than the head')]);
    monitored.lie = calling('revoked');
    expect((await monitored.look()).codes).toEqual(['stop-unfounded']);
  });
});

it('a damaged tile and a cut off look accuse nobody at the next one', async () => {
  const { registry } = monitored.world;
  const many = await Promise.all(
    Array.from({ length: 300 }, async (_, n) => {
      const key = makeKey();
      const said = {
        scope: parseScope(`filler-${n}`),
        owners: [key.open],
        registry: registryIdOf(registry.root),
      };
      const statement = scopeStatement(said);
      return {
        statement,
        envelope: await signStatement(statement, key),
        signer: { keyId: key.keyId, spki: key.publicKey },
      };
    }),
  );
  await append(registry, { statements: many, writes: () => [] });
  monitored.lie = async (path, response) => {
    if (path.startsWith('/log/tile/entries/001')) return new Response('', { status: 503 });
    if (!path.startsWith('/log/tile/entries/000')) return response;
    const bytes = Buffer.from(await response.arrayBuffer());
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    return new Response(bytes);
  };
  expect((await monitored.look()).exit).toBe(4);
  expect(
    JSON.parse(readFileSync(join(monitored.folder(), 'state.json'), 'utf8')).withheld,
  ).toHaveLength(1);
  monitored.lie = honest;
  expect((await monitored.look()).codes).toEqual(['log-withheld']);
  expect((await monitored.look()).exit).toBe(0);
});
