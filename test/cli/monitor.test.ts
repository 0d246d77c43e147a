import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { append } from '../../registry/log/sequencer.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import {
  keyStatement,
  memberStatement,
  revocationStatement,
  scopeStatement,
} from '../../skills-index/statement/attestation.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import { signStatus } from '../../skills-index/trust/index-files/sign-status.ts';
import type { Status } from '../../skills-index/trust/index-files/status-file.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../nonce.ts';
import { makeKey } from '../registry/people.ts';
import {
  claimScope,
  makeSkill,
  publish,
  publishApproved,
  type Skill,
  state,
} from '../registry/road.ts';
import { calling } from './monitor-world.ts';
import { base, makeUsers, type Users } from './registry-users.ts';

type Change = (path: string, response: Response) => Promise<Response> | Response;

const skillAt = (number: number): Skill =>
  makeSkill('@acme/t', `1.0.${number}`, { files: { 'n.md': `${number}\n` } });

let users: Users;
let change: Change;
beforeEach(async () => {
  change = (_, response) => response;
  users = await makeUsers((path, response) => change(path, response));
});
afterEach(() => users.world.close());

async function bring(skill: Skill): Promise<void> {
  await publishApproved(users.world, skill);
}

async function revoke(
  skill: Skill,
  kind: 'suspended' | 'lifted' | 'revoked',
  by = users.world.rita,
): Promise<number> {
  const target = { name: skill.manifest.name, version: skill.manifest.version };
  const said = revocationStatement({ nonce: freshNonce(), kind, target, reason: 'it leaks' });
  const { status, body } = await state(users.world, said, by);
  expect(status).toBe(201);
  return body.logIndex;
}

/** The status as the thief of the status key signs it. */
async function restated(change: (status: Status) => Partial<Status>): Promise<Response> {
  const { payload } = JSON.parse(await (await users.world.send('/index/status.json')).text());
  const status: Status = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
  return new Response(
    JSON.stringify(
      await signStatus({ ...status, ...change(status) }, users.world.registry.keys.status),
    ),
  );
}

const lying = (path: string, lie: () => Promise<Response>): Change => {
  return (asked, response) => (asked === path ? lie() : response);
};

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into by expectations
async function monitor(...more: string[]): Promise<{ exit: number; said: any; stderr: string }> {
  const { exit, stdout, stderr } = await users.as('stranger', [
    'monitor',
    base,
    '--format',
    'json',
    ...more,
  ]);
  return { exit, said: stdout === '' ? undefined : JSON.parse(stdout), stderr };
}
const codes = ({ said }: { said: { differences: { code: string }[] } }): string[] =>
  said.differences.map(({ code }) => code);
const folder = (): string => join(users.homeOf('stranger'), 'data/monitor');
const size = async (): Promise<number> =>
  Number((await (await users.world.send('/log/checkpoint')).text()).split('\n')[1]);

describe('skillgate monitor of an honest registry', () => {
  it('finds nothing, whatever was said there: suspensions, lifts, revocations, ends of keys and members, waiting versions', async () => {
    const { send, author, rita, omar, trust } = users.world;
    for (const number of [1, 2, 3]) await bring(skillAt(number));
    await revoke(skillAt(1), 'suspended');
    await revoke(skillAt(1), 'lifted');
    await revoke(skillAt(2), 'revoked');
    await revoke(skillAt(3), 'suspended');
    await publish(send, skillAt(9), author);
    const { exit, said, stderr } = await monitor();
    expect([exit, said.differences], stderr).toEqual([0, []]);
    expect(said).toMatchObject({ size: await size(), read: await size(), lines: 3, stopped: 2 });

    const ended = memberStatement({
      nonce: freshNonce(),
      name: 'omar',
      roles: ['reviewer'],
      key: omar.open,
      state: 'ended',
    });
    expect((await state(send, ended, trust.administrator)).status).toBe(201);
    await revoke(skillAt(3), 'lifted');
    const target = { publisher: author.keyId };
    const stopped = revocationStatement({
      nonce: freshNonce(),
      kind: 'suspended',
      target,
      reason: 'stolen?',
    });
    expect((await state(send, stopped, rita)).status).toBe(201);
    expect(await monitor()).toMatchObject({
      exit: 0,
      said: { differences: [], read: 3, stopped: 3 },
    });
  });

  it('finds nothing where an end of a key reached back, and the versions behind it were revoked', async () => {
    await bring(skillAt(1));
    const between = await size();
    await bring(skillAt(2));
    const { send, author } = users.world;
    expect(
      (
        await state(
          send,
          keyStatement({ key: author.open, state: 'ended', validUpTo: between - 1 }),
          author,
        )
      ).status,
    ).toBe(201);
    expect(await monitor()).toMatchObject({
      exit: 0,
      said: { differences: [], stopped: 1, lines: 2 },
    });
  });

  it('goes on from where it stopped, and asks for no statement twice', async () => {
    await bring(skillAt(1));
    await monitor();
    users.requests.length = 0;
    await claimScope(users.world, 'later', makeKey());
    expect(await monitor()).toMatchObject({ exit: 0, said: { read: 1 } });
    expect(users.requests.filter((one) => one.includes('/log/statements/'))).toEqual([
      `GET /log/statements/${(await size()) - 1}`,
    ]);
  });

  it('says it to people, and keeps the status for hosts that mistrust the registry', async () => {
    await bring(skillAt(1));
    const { exit, stdout } = await users.as('stranger', ['monitor', base]);
    expect([exit, stdout]).toEqual([
      0,
      expect.stringMatching(/✔ .*1 index line \(0 stopped\): index and status agree with the log/),
    ]);
    const kept = readdirSync(folder()).flatMap((name) =>
      readFileSync(join(folder(), name, 'status.json'), 'utf8'),
    );
    expect(kept).toEqual([await (await users.world.send('/index/status.json')).text()]);
  });
});

describe('skillgate monitor of a registry that hides something', () => {
  beforeEach(async () => {
    await bring(skillAt(1));
    await bring(skillAt(2));
  });

  it('names the version that its index calls revoked and its log does not, and keeps the proof', async () => {
    await revoke(skillAt(1), 'revoked');
    change = calling('revoked');
    const { exit, said } = await monitor();
    expect([exit, codes({ said })]).toEqual([6, ['stop-unfounded']]);
    expect(said.differences[0]).toMatchObject({
      place: '@acme/t@1.0.2',
      message: 'The index says that @acme/t@1.0.2 is revoked, but no statement says so',
      means: expect.stringContaining('Installers'),
    });
    expect(readdirSync(said.evidence).sort()).toEqual([
      'differences.json',
      'index',
      'newest-head.txt',
      'status-head.txt',
      'status.json',
    ]);
    // The same again is the same evidence; a registry that mends it is clean.
    expect((await monitor()).said.evidence).toBe(said.evidence);
    change = (_, response) => response;
    expect((await monitor()).exit).toBe(0);
  });

  it.each<[string, () => Promise<void>, Partial<Record<'code' | 'place', string>>]>([
    [
      'a statement as not there',
      async () => {
        const at = await revoke(skillAt(1), 'revoked');
        change = lying(`/log/statements/${at}`, async () => new Response('', { status: 404 }));
      },
      { code: 'statement-withheld' },
    ],
    [
      'an entry that is not what the head signs',
      async () => {
        change = async (path, response) => {
          if (!path.startsWith('/log/tile/entries/')) return response;
          const bytes = Buffer.from(await response.arrayBuffer());
          bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
          return new Response(bytes);
        };
      },
      { code: 'log-withheld', place: 'log' },
    ],
  ])('reports %s', async (_, lie, difference) => {
    await lie();
    const { exit, said } = await monitor();
    expect(exit).toBe(6);
    expect(said.differences).toContainEqual(expect.objectContaining(difference));
  });

  it('takes a statement that is shown later, and compares again with it', async () => {
    const at = await revoke(skillAt(1), 'revoked');
    await revoke(skillAt(2), 'revoked');
    change = lying(`/log/statements/${at}`, async () => new Response('', { status: 404 }));
    // Nobody can know what was withheld, and the map can still be compared.
    expect(codes(await monitor())).toContain('statement-withheld');
    change = (_, response) => response;
    expect(await monitor()).toMatchObject({ exit: 0 });
  });

  it('reports a status that goes on showing an old head, once a registry would have signed a newer one', async () => {
    const stale = async () => restated(() => ({}));
    const old = await (await stale()).text();
    await revoke(skillAt(1), 'revoked');
    change = lying('/index/status.json', async () => new Response(old));
    // Minutes old: a status that is due is no alarm.
    expect(await monitor()).toMatchObject({ exit: 0 });
    users.world.wait(66 * 60_000);
    expect(codes(await monitor())).toEqual(['status-behind']);
    change = (_, response) => response;
    expect(await monitor()).toMatchObject({ exit: 0 });
  });
});

describe('skillgate monitor --follow', () => {
  it('looks again, bears a registry that is away, and ends at the first difference', async () => {
    await bring(skillAt(1));
    let looks = 0;
    change = async (path, response) => {
      if (looks >= 3) return calling('revoked')(path, response);
      if (path !== '/index/status.json') return response;
      looks++;
      if (looks === 2) return new Response('', { status: 503 });
      return response;
    };
    const { exit, stdout, stderr } = await users.as('stranger', [
      'monitor',
      '--follow',
      '--every',
      '1',
      base,
    ]);
    expect(exit).toBe(6);
    expect(stdout.split('\n').filter((line) => /^[✔✘]/.test(line))).toEqual([
      expect.stringContaining('agree with the log'),
      expect.stringContaining('1 difference'),
    ]);
    expect([stdout, stderr]).toEqual([
      expect.stringMatching(/stop-unfounded at @acme\/t@1\.0\.1[\s\S]*evidence: /),
      expect.stringContaining('the monitor will try again'),
    ]);
  });
});

describe('what a monitor remembers', () => {
  it('is not lost when a long replay is cut off: the next one goes on behind the last batch', async () => {
    const { registry } = users.world;
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
    change = (path, response) =>
      path === '/log/statements/280' ? new Response('', { status: 503 }) : response;
    expect((await monitor()).exit).toBe(4);
    change = (_, response) => response;
    users.requests.length = 0;
    const { exit, said } = await monitor();
    expect([exit, said.differences]).toEqual([0, []]);
    const asked = users.requests.filter((one) => one.includes('/log/statements/'));
    expect(asked).toHaveLength((await size()) - 256);
  });

  it('is of the registry whose root is pinned: an unknown one is refused', async () => {
    const { exit } = await users.as('stranger', ['monitor', 'https://other.example']);
    expect(exit).toBe(6);
  });
});
