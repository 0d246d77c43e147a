/** A witness that replays a log computes the map of names of a head before it cosigns the head. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  type CosigningWitness,
  cosignedHead,
  readOrMakeWitnessKey,
  takeSubmission,
  witnessLine,
} from '../../../cli/witness/cosigner.ts';
import { followOnce, makeReplays, type Replays } from '../../../cli/witness/follow.ts';
import { diskHeads } from '../../../cli/witness/heads.ts';
import { serveWitness } from '../../../cli/witness/server.ts';
import { logOf } from '../../../cli/witness/witness.ts';
import { readConsistency } from '../../../registry/log/tiles.ts';
import { printSubmission } from '../../../skills-index/log/add-checkpoint.ts';
import { parseCheckpoint } from '../../../skills-index/log/checkpoint.ts';
import { verifyCosignatures } from '../../../skills-index/log/cosignature.ts';
import { makeKey } from '../../registry/people.ts';
import { claimScope } from '../../registry/road.ts';
import { mapIn, noMap, otherMap, type Remap, remapped } from '../map-lies.ts';
import { honest, type Monitored, makeMonitored, skillAt } from '../monitor-world.ts';
import { base } from '../registry-users.ts';
import { fetchOf } from '../replay-look.ts';
import { folderWith } from '../temporary-folder.ts';

let monitored: Monitored;
let dir: string;
let alarms: string[];
let asked: string[];
beforeEach(async () => {
  monitored = await makeMonitored();
  dir = folderWith();
  alarms = [];
  asked = [];
  await monitored.bring(skillAt(1));
});
afterEach(() => monitored.close());

const grow = (scope: string) => claimScope(monitored.world, scope, makeKey());
const note = async () => (await monitored.world.send('/log/checkpoint')).text();
const same: Remap = (map) => map;

/** A process of the witness that has just started. */
async function start(): Promise<{ witness: CosigningWitness; replays: Replays }> {
  const { registry, trust } = monitored.world;
  const get = fetchOf(monitored);
  const fetch: typeof globalThis.fetch = (input, init) => {
    asked.push(String(input).slice(base.length));
    return get(input, init);
  };
  const now = () => registry.now();
  const alarm = (line: string) => void alarms.push(line);
  const replays = makeReplays({ dir, roots: [trust.root], every: 60, fetch, now, alarm });
  const key = await readOrMakeWitnessKey(dir, 'one.example/w');
  const { whyHeld, whyMapRefused, statusOf } = replays;
  const heads = diskHeads(join(dir, 'heads'));
  const logs = [logOf(trust.root)];
  const held = { whyHeld, whyMapRefused, statusOf };
  return { witness: { key, logs, heads, now, alarm, ...held }, replays };
}

/** Submits the newest head, with the right proof, as whoever holds the log's key can sign it. */
async function submit(witness: CosigningWitness, remap: Remap) {
  const { world } = monitored;
  const oldSize = (await witness.heads.read(world.trust.root.origin)).head?.size ?? 0;
  const honestNote = await note();
  const { size } = parseCheckpoint(honestNote);
  const proof =
    oldSize === 0 || oldSize === size ? [] : await readConsistency(world.registry, oldSize, size);
  const sent = await remapped(world, honestNote, remap);
  return takeSubmission(witness, printSubmission({ oldSize, proof, note: sent }));
}

describe('a witness that replays refuses a head', () => {
  it('whose map leaves out a revocation, and keeps the signed head', async () => {
    const { witness, replays } = await start();
    await replays.look(base);
    const before = mapIn(await note());
    await monitored.say(skillAt(1), 'revoked');
    const why = expect.stringMatching(/has the map of names .* its entries have the map/);
    expect(await submit(witness, () => before)).toMatchObject({ status: 422, why });
    expect(alarms).toEqual([
      expect.stringMatching(/^ALARM localhost: the head of \d+ entries has/),
    ]);
    const [kept = ''] = readdirSync(join(dir, 'heads'), {
      recursive: true,
      encoding: 'utf8',
    }).filter((name) => /evidence\/.*json$/.test(name));
    const { sent } = JSON.parse(readFileSync(join(dir, 'heads', kept), 'utf8'));
    expect(mapIn(sent)).toEqual(before);
    // Everybody else may see the right map: the next look finds nothing, and goes on.
    expect(await submit(witness, same)).toMatchObject({ status: 503 });
    await replays.look(base);
    expect(await submit(witness, () => before)).toMatchObject({ status: 422 });
    await replays.look(base);
    expect(await submit(witness, same)).toMatchObject({ status: 200 });
  });

  it('that a victim gets with another map at a size that was replayed already', async () => {
    const { witness, replays } = await start();
    await replays.look(base);
    expect(await submit(witness, () => otherMap)).toMatchObject({ status: 422 });
    expect((await witness.heads.read('localhost')).place).toBe(0);
  });

  it('that has no map', async () => {
    const { witness, replays } = await start();
    await replays.look(base);
    await grow('later');
    const why = expect.stringContaining('has no map of names');
    expect(await submit(witness, noMap)).toMatchObject({ status: 422, why });
  });

  it('whose new statements or entries the registry does not show', async () => {
    const { witness, replays } = await start();
    await replays.look(base);
    const index = await monitored.say(skillAt(1), 'revoked');
    for (const hidden of [`/log/statements/${index}`, '/log/tile/entries/']) {
      monitored.lie = (path, response) =>
        path.startsWith(hidden) ? new Response('', { status: 404 }) : response;
      const why = expect.stringMatching(/cannot be computed now: The registry does not show/);
      expect(await submit(witness, same)).toMatchObject({ status: 503, why });
    }
    // Another statement in the place of the new one would give the map other names.
    const other = await monitored.world.send(`/log/statements/${index - 1}`);
    const bytes = await other.arrayBuffer();
    monitored.lie = (path, response) =>
      path === `/log/statements/${index}` ? new Response(bytes) : response;
    expect(await submit(witness, same)).toMatchObject({ status: 503 });
    expect(alarms).toEqual([]);
    monitored.lie = honest;
    expect(await submit(witness, same)).toMatchObject({ status: 200 });
  });

  it('that it cosigned before it replayed, when the map is wrong', async () => {
    const { witness } = await start();
    const { whyHeld: _, whyMapRefused: __, ...plain } = witness;
    expect(await submit(plain, () => otherMap)).toMatchObject({ status: 200 });
    const log = logOf(monitored.world.trust.root);
    expect(await cosignedHead(plain, log)).toEqual(expect.any(String));
    const again = await start();
    await again.replays.look(base);
    expect(await cosignedHead(again.witness, log)).toBeUndefined();
  });
});

describe('a witness that replays cosigns', () => {
  it('each head of a log that goes on growing, and reads only what is new', async () => {
    const { witness, replays } = await start();
    await replays.look(base);
    expect(await submit(witness, same)).toMatchObject({ status: 200 });
    for (const scope of ['one', 'two', 'three']) {
      await grow(scope);
      asked.splice(0);
      expect(await submit(witness, same)).toMatchObject({ status: 200 });
      expect(asked).toEqual([
        expect.stringMatching(/^\/log\/tile\/entries\//),
        `/log/statements/${(await monitored.size()) - 1}`,
      ]);
      asked.splice(0);
      expect(await submit(witness, same)).toMatchObject({ status: 200 });
      expect(asked).toEqual([]);
    }
    await replays.look(base);
    expect(await followOnce(witness, { base, fetch: fetchOf(monitored) })).toMatchObject({
      status: 200,
    });
    expect(alarms).toEqual([]);
  });

  it('a head that is smaller than its last replay, from the map before', async () => {
    const { witness, replays } = await start();
    await replays.look(base);
    expect(await submit(witness, same)).toMatchObject({ status: 200 });
    await grow('one');
    const { size } = parseCheckpoint(await note());
    const older = await note();
    const oldSize = size - 1;
    const proof = await readConsistency(monitored.world.registry, oldSize, size);
    await grow('two');
    await replays.look(base);
    expect(
      await takeSubmission(witness, printSubmission({ oldSize, proof, note: older })),
    ).toMatchObject({ status: 200 });
  });

  it('the head for which the registry holds back its status', async () => {
    const { witness, replays } = await start();
    const { registry, send } = monitored.world;
    await replays.look(base);
    const server = await serveWitness(witness, { host: 'localhost', port: 0 });
    onTestFinished(() => server.close());
    const policy = {
      schema: 'skillgate.witnesses/1' as const,
      threshold: 1,
      witnesses: [witnessLine(witness.key)],
    };
    const lines: string[] = [];
    Object.assign(registry, {
      witnesses: {
        policy,
        urls: [server.base],
        fetch: globalThis.fetch,
        say: (line: string) => lines.push(line),
        last: new Map(),
      },
    });
    for (const scope of ['one', 'two']) {
      await grow(scope);
      // The witness looks while the status waits for the witness.
      const [status] = await Promise.all([send('/index/status.json'), replays.look(base)]);
      const { payload } = (await status.json()) as { payload: string };
      const { checkpoint } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
      const log = { key: registry.keys.log.publicKey };
      expect(verifyCosignatures(checkpoint, policy, log)).toHaveLength(1);
      expect(parseCheckpoint(checkpoint).size).toBe(await monitored.size());
    }
    expect([lines, alarms]).toEqual([[], []]);
  });
});
