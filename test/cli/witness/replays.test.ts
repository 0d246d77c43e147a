import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  type CosigningWitness,
  cosignedHead,
  readOrMakeWitnessKey,
  takeSubmission,
} from '../../../cli/witness/cosigner.ts';
import { followOnce, makeReplays, type Replays } from '../../../cli/witness/follow.ts';
import { diskHeads } from '../../../cli/witness/heads.ts';
import { serveWitness } from '../../../cli/witness/server.ts';
import { logOf } from '../../../cli/witness/witness.ts';
import { printSubmission } from '../../../skills-index/log/add-checkpoint.ts';
import { revocationStatement } from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { makeKey } from '../../registry/people.ts';
import { claimScope, makeSkill, publishApproved, state } from '../../registry/road.ts';
import { makeStaffedWorld, type Staffed } from '../../registry/world.ts';
import { skill as type } from '../command-line.ts';
import { calling } from '../monitor-world.ts';
import { folderWith } from '../temporary-folder.ts';

const base = 'http://localhost';
const skill = makeSkill('@acme/t', '1.0.0');

let world: Staffed;
let isLying: boolean;
let isFailing: boolean;
let witness: CosigningWitness;
let replays: Replays;
let alarms: string[];
beforeEach(async () => {
  world = await makeStaffedWorld();
  isLying = false;
  isFailing = false;
  alarms = [];
  await publishApproved(world, skill);
  const dir = folderWith();
  const now = () => world.registry.now();
  const alarm = (line: string) => void alarms.push(line);
  replays = makeReplays({ dir, roots: [world.trust.root], every: 60, fetch, now, alarm });
  const key = await readOrMakeWitnessKey(dir, 'one.example/w');
  const { whyHeld, statusOf } = replays;
  witness = {
    key,
    logs: [logOf(world.trust.root)],
    heads: diskHeads(join(dir, 'heads')),
    now,
    alarm,
    whyHeld,
    statusOf,
  };
});
afterEach(() => world.close());

/** The registry, or who took it over: the index calls a version revoked without a statement. */
const fetch: typeof globalThis.fetch = async (input, init) => {
  const path = String(input).slice(base.length);
  const response = await world.send(path, init as RequestInit);
  if (isFailing && path.startsWith('/log/statements/')) return new Response('', { status: 503 });
  return isLying ? calling('revoked')(path, response) : response;
};

const revoke = async (): Promise<void> => {
  const { name, version } = skill.manifest;
  const said = revocationStatement({
    nonce: freshNonce(),
    kind: 'revoked',
    target: { name, version },
    reason: 'it leaks',
  });
  expect((await state(world, said, world.rita)).status).toBe(201);
};
const note = async (): Promise<string> => (await world.send('/log/checkpoint')).text();
const first = async () =>
  takeSubmission(witness, printSubmission({ oldSize: 0, proof: [], note: await note() }));

describe('a witness that replays', () => {
  it('cosigns the heads of an honest registry, those with a revocation too', async () => {
    await replays.look(base);
    expect(await first()).toMatchObject({ status: 200 });
    await revoke();
    await replays.look(base);
    expect(await followOnce(witness, { base, fetch })).toMatchObject({ status: 200 });
    expect([alarms, await cosignedHead(witness, logOf(world.trust.root))]).toEqual([
      [],
      expect.any(String),
    ]);
  });

  it('cosigns nothing while the index shows a stop that nobody signed, and goes on afterwards', async () => {
    await replays.look(base);
    expect(await first()).toMatchObject({ status: 200 });
    expect((await claimScope(world, 'later', makeKey())).status).toBe(201);
    isLying = true;
    await replays.look(base);
    const why = expect.stringMatching(/stop-unfounded at @acme\/t@1\.0\.0/);
    expect(await followOnce(witness, { base, fetch })).toMatchObject({ status: 503, why });
    // The head from before is not cosigned anew either: its cosignature ends within the day.
    expect(await cosignedHead(witness, logOf(world.trust.root))).toBeUndefined();
    expect(alarms).toEqual([why]);
    isLying = false;
    await replays.look(base);
    expect(await followOnce(witness, { base, fetch })).toMatchObject({ status: 200 });
  });

  it('cosigns nothing before the first replay, and nothing long after the last', async () => {
    expect(await first()).toMatchObject({
      status: 503,
      why: expect.stringContaining('not replayed yet'),
    });
    await replays.look(base);
    expect(await first()).toMatchObject({ status: 200 });
    world.wait(14 * 60_000);
    expect(await followOnce(witness, { base, fetch })).toMatchObject({
      status: 503,
      why: expect.stringContaining('too long ago'),
    });
  });

  it('cosigns a head that it has not replayed until the next look is due, and not while looks fail', async () => {
    await replays.look(base);
    expect(await first()).toMatchObject({ status: 200 });
    await revoke();
    isFailing = true;
    await expect(replays.look(base)).rejects.toThrow('503');
    world.wait(119_000);
    expect(await followOnce(witness, { base, fetch })).toMatchObject({ status: 200 });
    world.wait(3_000);
    const why = expect.stringMatching(/replayed up to \d+ entries/);
    expect(await followOnce(witness, { base, fetch })).toMatchObject({ status: 503, why });
    expect(await cosignedHead(witness, logOf(world.trust.root))).toBeUndefined();
    isFailing = false;
    await replays.look(base);
    expect(await followOnce(witness, { base, fetch })).toMatchObject({ status: 200 });
  });

  it('serves the status that it saw, and says what it holds back', async () => {
    const server = await serveWitness(witness, { host: 'localhost', port: 0 });
    onTestFinished(() => server.close());
    const path = `${server.base}/${world.trust.root.origin}/status.json`;
    expect((await globalThis.fetch(path)).status).toBe(404);
    expect(await (await globalThis.fetch(server.base)).json()).toMatchObject({
      logs: [{ held: expect.any(String) }],
    });
    await revoke();
    await replays.look(base);
    expect(await (await globalThis.fetch(path)).text()).toBe(
      await (await world.send('/index/status.json')).text(),
    );
  });
});

it.each([
  ['no registry to follow', []],
  [
    'a log without a root file',
    ['--follow', 'https://skills.example', '--log', 'skills.example=AAAA'],
  ],
])('is not started with %s', async (_, more) => {
  const { exit } = await type(['witness', 'serve', '--replay', '--name', 'w', ...more]);
  expect(exit).toBe(2);
});
