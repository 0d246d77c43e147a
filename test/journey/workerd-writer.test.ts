import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { strangerWritesBurst } from '../../registry/request-limits/write-limits.ts';
import { incidentPolicyOf, makeHost } from '../registry/contract/incidents.ts';
import { startTestWitness, type TestWitness } from '../registry/contract/test-witness.ts';
import { walkContract, walkRoad } from '../registry/contract/walk.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { claimScope, type Send } from '../registry/road.ts';
import { isWhole } from '../sample.ts';
import { type Isolates, startRegistryIsolates } from './isolates.ts';

describe('two isolates of the Worker before one Durable Object that writes', () => {
  const trust = makeRoot();
  const names = ['west', 'east'];
  const host = makeHost();
  let witness: TestWitness;
  let workerd: Isolates;
  beforeAll(async () => {
    witness = await startTestWitness(trust);
    workerd = await startRegistryIsolates(trust, names, {
      writer: 'RegistryWriter',
      settings: {
        WITNESS_URLS: witness.url,
        WITNESSES: witness.file,
        INCIDENTS: incidentPolicyOf(host),
      },
    });
  });
  afterAll(async () => {
    await workerd?.close();
    await witness.close();
  });

  /** Sends by one isolate or the other, from an address as Cloudflare would name it. */
  const from =
    (at: number, address = at): Send =>
    (path, init) => {
      const headers = new Headers(init?.headers);
      headers.set('cf-connecting-ip', `192.0.2.${address}`);
      return workerd.send(names[at % names.length] ?? '', path, { ...init, headers });
    };

  it('keep to the contract', async () => {
    let requests = 0;
    const send: Send = (path, init) => from(requests++)(path, init);
    // The whole contract is walked in memory as well, on the Worker and on Node.
    if (!isWhole) return void (await walkRoad({ send, trust }));
    await walkContract({
      send,
      trust,
      host,
      copies: 10,
      witnesses: witness.policy,
      finish: async ({ sql, object }) => {
        await workerd.run(sql);
        await (await workerd.bucket()).delete(object);
        await workerd.cron('east');
      },
    });
    expect(witness.alarms).toEqual([]);
  });

  it('count the requests of one address over all isolates, also those that try a link', async () => {
    const empty = (at: number) =>
      from(at, 201)('/api/v1/statements', { method: 'POST', body: '{}' });
    const sent: number[] = [];
    for (let at = 0; at < strangerWritesBurst; at += 50) {
      const some = Array.from({ length: 50 }, (_, nth) => empty(nth));
      sent.push(...(await Promise.all(some)).map(({ status }) => status));
    }
    expect(sent.filter((status) => status === 422).length).toBeGreaterThan(250);
    const tries = Array.from({ length: 100 }, (_, at) =>
      from(at, 201)('/review/sign-in?link=guess', { redirect: 'manual' }),
    );
    // Each isolate alone saw half of the requests.
    const refused = (await Promise.all(tries)).filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(50);
    expect((await from(0, 202)('/review/sign-in')).status).toBe(200);
    expect((await from(1, 201)('/index/root.json')).status).toBe(200);
  });

  it('decide one after the other who owns a scope', async () => {
    const rivals = await Promise.all(
      [0, 1, 2, 3].map((at) => claimScope(from(at), 'wanted', makeKey())),
    );
    expect(rivals.map(({ status, body }) => (status === 201 ? 'taken' : body.code)).sort()).toEqual(
      ['scope-taken', 'scope-taken', 'scope-taken', 'taken'],
    );
  });
});
