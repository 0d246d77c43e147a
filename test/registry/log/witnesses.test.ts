import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readOrMakeWitnessKey, witnessLine } from '../../../cli/witness/cosigner.ts';
import { diskHeads } from '../../../cli/witness/heads.ts';
import { serveWitness } from '../../../cli/witness/server.ts';
import { readWitnesses } from '../../../registry/data-folder/trust.ts';
import { newestCheckpoint } from '../../../registry/log/log.ts';
import type { Witnesses } from '../../../registry/log/witness-answers.ts';
import { askWitnesses } from '../../../registry/log/witnesses.ts';
import { cosignatures } from '../../../registry/store/log-schema.ts';
import { parseCheckpoint, verifyCheckpoint } from '../../../skills-index/log/checkpoint.ts';
import { countWitnesses } from '../../../skills-index/log/cosignature.ts';
import { signCosignature } from '../../../skills-index/log/sign-cosignature.ts';
import type { WitnessPolicy } from '../../../skills-index/log/witness-policy.ts';
import { verifyStatus } from '../../../skills-index/trust/index-files/status-file.ts';
import { spkiOf } from '../../../skills-index/trust/root/root.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { testLogKey } from '../../skills-index/story-keys.ts';
import { makeSkill, publishScanned } from '../road.ts';
import { approveIn, expectAnswer, expectProblem, publishIn } from '../steps.ts';
import { eachWorld, type Staffed } from '../world.ts';

/** A witness as it runs elsewhere, over HTTP. */
async function startWitness(world: Staffed, name: string, now = () => world.registry.now()) {
  const dir = folderWith();
  const key = await readOrMakeWitnessKey(dir, name);
  const { origin, log } = world.trust.root;
  const alarms: string[] = [];
  const watching = {
    key,
    logs: [{ origin, key: spkiOf(log) }],
    heads: diskHeads(dir),
    now,
    alarm: (line: string) => alarms.push(line),
  };
  const server = await serveWitness(watching, { host: 'localhost', port: 0 });
  onTestFinished(() => server.close());
  return {
    base: server.base,
    line: witnessLine(key),
    heads: watching.heads,
    close: server.close,
    alarms,
  };
}

describe('a registry with witnesses', () => {
  const world = eachWorld();
  const said: string[] = [];
  beforeEach(async () => {
    said.length = 0;
  });

  const give = (policy: WitnessPolicy, urls: readonly string[], by: typeof fetch = fetch) => {
    const witnesses: Witnesses = {
      policy,
      urls,
      fetch: by,
      say: (line) => said.push(line),
      last: new Map(),
    };
    Object.assign(world.registry, { witnesses });
  };
  const policyOf = (...witnesses: WitnessPolicy['witnesses']): WitnessPolicy => ({
    schema: 'skillgate.witnesses/1',
    threshold: witnesses.length,
    witnesses,
  });
  const status = async (): Promise<string> => {
    const bytes = Buffer.from(await (await world.send('/index/status.json')).arrayBuffer());
    return verifyStatus(bytes, world.trust.root, world.registry.now().getTime()).checkpoint;
  };
  const count = (note: string, policy: WitnessPolicy) =>
    countWitnesses({
      note,
      policy,
      log: { key: spkiOf(world.trust.root.log) },
      now: world.registry.now().getTime(),
    });
  const ready = async (): Promise<unknown> => (await world.send('/readyz')).json();

  it('has the head of its log cosigned before a status over it is signed', async () => {
    const one = await startWitness(world, 'one.example/w');
    const two = await startWitness(world, 'two.example/w');
    const policy = policyOf(one.line, two.line);
    give(policy, [one.base, two.base]);
    expect(count(await status(), policy)).toMatchObject({ enough: true, of: 2 });
    for (const version of ['1.0.0', '1.0.1', '1.0.2']) {
      await publishIn(world, makeSkill('@acme/seen', version));
      expect(count(await status(), policy).counted).toHaveLength(2);
    }
    const shown = await (await world.send('/log/checkpoint')).text();
    expect(count(shown, policy).counted).toHaveLength(2);
    const log = { origin: world.trust.root.origin, key: spkiOf(world.trust.root.log) };
    expect(verifyCheckpoint(shown, log).size).toBe(parseCheckpoint(await status()).size);
    expect(await ready()).toMatchObject({
      ok: true,
      witnesses: [{ at: expect.stringMatching(/^\d{4}-.*Z$/), ok: true }, { ok: true }],
    });
    expect(said).toEqual([]);
  });

  it('shows the cosignature that its start fetched, in the status that it signed before it had a witness', async () => {
    const one = await startWitness(world, 'one.example/w');
    const policy = policyOf(one.line);
    expect(count(await status(), policy).counted).toEqual([]);
    give(policy, [one.base]);
    const head = await newestCheckpoint(world.registry);
    if (head === undefined) throw new Error('the log is empty');
    await askWitnesses(world.registry, head);
    const shown = await status();
    expect(count(shown, policy)).toMatchObject({ enough: true, of: 1 });
    // And then the same bytes, for an hour.
    world.wait(60_000);
    expect(await status()).toBe(shown);
  });

  it('announces no version before its log was cosigned with it', async () => {
    const one = await startWitness(world, 'one.example/w');
    give(policyOf(one.line), [one.base]);
    const skill = makeSkill('@acme/announced', '1.0.0');
    await publishScanned(world, skill);
    const { objects } = world.registry;
    const seen: number[] = [];
    const { putOver } = objects;
    const origin = world.trust.root.origin;
    Object.assign(objects, {
      putOver: async (name: string, bytes: Uint8Array, tag: string | undefined) => {
        if (name === 'public/index/@acme/announced') {
          const { logIndex } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
            logIndex: number;
          };
          seen.push(((await one.heads.read(origin)).head?.size ?? 0) - logIndex);
        }
        return putOver(name, bytes, tag);
      },
    });
    await approveIn(world, skill);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeGreaterThanOrEqual(1);
  });

  it('asks again when a cosignature grew old, though the log did not grow', async () => {
    const one = await startWitness(world, 'one.example/w');
    const policy = policyOf(one.line);
    give(policy, [one.base]);
    const [first] = count(await status(), policy).counted;
    world.wait(2 * 3_600_000);
    const [second] = count(await status(), policy).counted;
    expect((second?.seconds ?? 0) - (first?.seconds ?? 0)).toBe(7_200);
    expect(count(await (await world.send('/log/checkpoint')).text(), policy).counted).toEqual([
      second,
    ]);
  });

  it('catches up with a witness whose memory it does not share', async () => {
    const one = await startWitness(world, 'one.example/w');
    const policy = policyOf(one.line);
    give(policy, [one.base]);
    await status();
    for (let at = 0; at < 5; at++) await publishIn(world, makeSkill('@acme/more', `1.0.${at}`));
    // As after a restart: what the witness cosigned last is not known.
    give(policy, [one.base]);
    expect(count(await status(), policy).counted).toHaveLength(1);
  });

  it('goes on without a witness that is down, says so once, and has it again when it is back', async () => {
    const one = await startWitness(world, 'one.example/w');
    const policy = policyOf(one.line);
    let isDown = true;
    give(policy, [one.base], (input, init) =>
      isDown ? Promise.reject(new TypeError('connect ECONNREFUSED')) : fetch(input, init),
    );
    expect(count(await status(), policy)).toMatchObject({ counted: [], enough: false });
    world.wait(1_000);
    await publishIn(world, makeSkill('@acme/lonely', '1.0.0'));
    expect(count(await status(), policy).counted).toEqual([]);
    expect(said).toEqual([expect.stringContaining('ECONNREFUSED')]);
    expect(await ready()).toMatchObject({
      ok: true,
      witnesses: [{ ok: false, why: 'connect ECONNREFUSED' }],
    });
    isDown = false;
    world.wait(120_000);
    expect(count(await status(), policy).counted).toHaveLength(1);
    expect(await ready()).toMatchObject({ witnesses: [{ ok: true }] });
  });

  it('raises no alarm when another process of it had a larger head cosigned meanwhile', async () => {
    const one = await startWitness(world, 'one.example/w');
    const policy = policyOf(one.line);
    let isFirst = true;
    give(policy, [one.base], async (input, init) => {
      if (!isFirst) return fetch(input, init);
      isFirst = false;
      await publishIn(world, makeSkill('@acme/meanwhile', '1.0.0'));
      const { size } = parseCheckpoint(await (await world.send('/log/checkpoint')).text());
      return new Response(`${size}\n`, {
        status: 409,
        headers: { 'content-type': 'text/x.tlog.size' },
      });
    });
    await status();
    expect(said).toEqual([]);
    expect(count(await status(), policy).counted).toHaveLength(1);
  });

  it('waits for a witness that never answers no longer than it has to', async () => {
    const one = await startWitness(world, 'one.example/w');
    const never: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new Error('timed out'))),
      );
    give(policyOf(one.line), [one.base], never);
    const begin = performance.now();
    await status();
    await status();
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(said).toHaveLength(1);
  });

  it('keeps no line of a witness that its policy does not name, nor a broken one', async () => {
    const one = await startWitness(world, 'one.example/w');
    const stranger = testLogKey('stranger');
    const policy = policyOf(one.line);
    give(policy, [one.base], async (input, init) => {
      const answer = await fetch(input, init);
      if (!answer.ok) return answer;
      const note = String(init?.body).split('\n\n').slice(1).join('\n\n');
      const foreign = await signCosignature(note, {
        name: 'one.example/w',
        seconds: 1,
        key: stranger,
      });
      return new Response(`${foreign}garbage\n${await answer.text()}`);
    });
    const note = await status();
    expect(note.split('\u2014')).toHaveLength(3);
    expect(count(note, policy).counted).toHaveLength(1);
  });

  it.each<[string, () => Response, string]>([
    [
      'a refusal',
      () => new Response('no', { status: 403 }),
      'the witness refused to cosign, status 403',
    ],
    ['very much', () => new Response('x'.repeat(100_000)), 'its answer has more than 65536 bytes'],
  ])('signs its status all the same when a witness answers %s', async (_, answer, says) => {
    const one = await startWitness(world, 'one.example/w');
    give(policyOf(one.line), [one.base], async () => answer());
    expect(count(await status(), policyOf(one.line)).counted).toEqual([]);
    expect(said).toEqual([expect.stringContaining(says)]);
  });

  it('writes nothing more while a witness has seen more of its log, says so to who operates, and goes on when that is over', async () => {
    const one = await startWitness(world, 'one.example/w');
    let ahead = false;
    const more = () =>
      new Response('99999\n', { status: 409, headers: { 'content-type': 'text/x.tlog.size' } });
    give(policyOf(one.line), [one.base], async (input, init) =>
      ahead ? more() : fetch(input, init),
    );
    const before = await (await world.send('/index/status.json')).text();
    ahead = true;
    world.wait(7_200_000);
    // No new day is signed over what may have lost a suspension.
    expect(await (await world.send('/index/status.json')).text()).toBe(before);
    expect(said).toEqual([expect.stringContaining('ALARM: it cosigned this log at size 99999')]);
    const refused = await publishIn(world, makeSkill('@acme/lost', '1.0.0'));
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'log-behind',
      detail: expect.stringContaining('saw 99999 entries'),
    });
    const told = await world.send('/readyz');
    expect(told.status).toBe(503);
    expect(await told.json()).toMatchObject({ ok: false, behind: { url: one.base, size: 99999 } });

    ahead = false;
    world.wait(3_000);
    expect(await (await world.send('/index/status.json')).text()).not.toBe(before);
    await expectAnswer(world.send('/readyz'), 200);
    await expectAnswer(publishIn(world, makeSkill('@acme/lost', '1.0.0')), 201);
  });

  it('keeps no line of a witness whose clock is days ahead, and takes the next one', async () => {
    let ahead = 3 * 86_400_000;
    const one = await startWitness(
      world,
      'one.example/w',
      () => new Date(world.registry.now().getTime() + ahead),
    );
    const policy = policyOf(one.line);
    give(policy, [one.base]);
    const early = await status();
    expect(count(early, policy)).toMatchObject({ counted: [], early: [] });
    expect(said).toEqual([expect.stringContaining('is in the future')]);
    const seconds = Math.floor((world.registry.now().getTime() + ahead) / 1_000);
    const stored = { size: parseCheckpoint(early).size, name: one.line.name, seconds };
    await world.registry.db.read
      .insert(cosignatures)
      .values({ ...stored, line: '\u2014 one.example/w AAAA\n' });
    ahead = 0;
    world.wait(60_000);
    expect(count(await status(), policy).counted).toHaveLength(1);
  });

  it('asks who refused again at once, since it may know the log’s new key now', async () => {
    const one = await startWitness(world, 'one.example/w');
    let knows = false;
    const policy = policyOf(one.line);
    give(policy, [one.base], async (input, init) =>
      knows ? fetch(input, init) : new Response('no', { status: 403 }),
    );
    expect(count(await status(), policy).counted).toEqual([]);
    knows = true;
    world.wait(3_000);
    expect(count(await status(), policy).counted).toHaveLength(1);
  });
});

describe('a registry whose clients demand witnesses', () => {
  const key = Buffer.from(testLogKey('one').publicKey).toString('base64');
  const demand = (threshold: number): string =>
    JSON.stringify({
      schema: 'skillgate.witnesses/1',
      threshold,
      witnesses: [{ name: 'one.example/w', key }],
    });
  const read = (signedPolicy: string, ...urls: string[]) =>
    readWitnesses(folderWith(), { urls, signedPolicy, say: () => undefined });

  it('does not start without asking as many, and says what to type', async () => {
    await expect(read(demand(1))).rejects.toMatchObject({
      code: 'witnesses-unasked',
      message: expect.stringContaining('one.example/w'),
      hint: expect.stringContaining('--witness URL'),
    });
    expect(await read(demand(1), 'http://localhost:1')).toMatchObject({
      urls: ['http://localhost:1'],
    });
    expect(await read(demand(0))).toBeUndefined();
  });

  it('takes one address named twice for one witness', async () => {
    const two = JSON.stringify({
      schema: 'skillgate.witnesses/1',
      threshold: 2,
      witnesses: ['one', 'two'].map((name) => ({
        name,
        key: Buffer.from(testLogKey(name).publicKey).toString('base64'),
      })),
    });
    await expectProblem(read(two, 'http://localhost:1', 'http://localhost:1'), 'witnesses-unasked');
  });
});
