/**
 * A registry that leaves out of its index what a host has verified before: the log and every proof
 * stay right.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityNames } from '../../registry/store/identity-schema.ts';
import { statements } from '../../registry/store/schema.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { keyStatement, scopeStatement } from '../../skills-index/statement/attestation.ts';
import { makeKey, type TestKey } from '../registry/people.ts';
import { call, claimScope, publishApproved, type Skill, state } from '../registry/road.ts';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  sayOf,
} from './installer-world.ts';

let network: Network;
let host: Installer;
let newcomer: Installer;
beforeEach(async () => {
  network = await makeNetwork();
  [host, newcomer] = [await makeInstaller(network), await makeInstaller(network)];
});
afterEach(() => {
  host.close();
  newcomer.close();
  network.close();
});

async function releaseBy(key: TestKey, skill: Skill): Promise<void> {
  await publishApproved(network.registry, skill, key);
}

/** The operator takes the statement out of the database, and the names by which it is found. */
async function leaveOut(logIndex: number): Promise<void> {
  const { registry } = network.registry;
  await registry.db.batch([
    (db) => db.run(sql`DROP TRIGGER statements_no_delete`) as never,
    (db) => db.delete(statements).where(eq(statements.logIndex, logIndex)),
    (db) => db.run(sql`DROP TRIGGER identity_names_no_delete`) as never,
    (db) => db.delete(identityNames).where(eq(identityNames.logIndex, logIndex)),
  ]);
  Object.assign(registry, { identities: {} });
}

describe('a registry that leaves out the end of a key', () => {
  it('brings no skill by that key to anybody', async () => {
    const { send, author } = network.registry;
    const heir = makeKey();
    await releaseBy(author, makeReportSkill('@acme/a'));
    expect((await host.run('install', '@acme/a@1.0.0', '--yes')).exit).toBe(0);
    await state(
      send,
      keyStatement({ key: heir.open, state: 'enrolled', replaces: author.keyId }),
      author,
    );
    const ended = await state(send, keyStatement({ key: author.open, state: 'ended' }), heir);
    await releaseBy(heir, makeReportSkill('@acme/a', { version: '1.1.0' }));
    expect((await host.run('install', '@acme/a@1.1.0', '--yes')).exit).toBe(0);

    await leaveOut(ended.body.logIndex);
    await releaseBy(author, makeReportSkill('@acme/b'));
    // The registry cannot prove any more what it has about the key.
    for (const one of [newcomer, host]) {
      const refused = await one.run('install', '@acme/b', '--yes');
      expect([refused.exit, refused.err]).toEqual([4, expect.stringContaining('/proofs/@acme/b/')]);
    }
    // What the host has goes on as while the registry is down.
    expect((await host.run('install', '@acme/a@1.1.0', '--yes')).exit).toBe(0);
  });

  it('brings no revoked version back to a host whose cache was emptied', async () => {
    const skill = makeReportSkill('@acme/a');
    await releaseBy(network.registry.author, skill);
    const before = await (await network.registry.send('/index/status.json')).arrayBuffer();
    await sayOf(network, skill, 'revoked');
    expect((await host.run('install', '@acme/a@1.0.0', '--yes')).exit).toBe(6);
    rmSync(join(host.home, 'cache'), { recursive: true, force: true });
    network.lie = async (path, honest) =>
      path === '/index/status.json' ? new Response(before) : honest();
    const { exit, err } = await host.run('install', '@acme/a@1.0.0', '--yes');
    expect([exit, err]).toEqual([6, expect.stringContaining('revoked: revoked at log index')]);
  });
});

describe('a host without a network', () => {
  it('uses the proofs that it has, though another skill brought a newer status', async () => {
    const { send, author } = network.registry;
    await releaseBy(author, makeReportSkill('@acme/a'));
    expect((await host.run('install', '@acme/a@1.0.0', '--yes')).exit).toBe(0);
    for (const scope of ['one', 'two', 'three']) await claimScope(send, scope, makeKey());
    await releaseBy(author, makeReportSkill('@acme/b'));
    expect((await host.run('install', '@acme/b@1.0.0', '--yes')).exit).toBe(0);
    network.lie = async () => {
      throw new TypeError('connect ECONNREFUSED');
    };
    for (const name of ['@acme/a', '@acme/b'])
      expect((await host.run('verify', name)).exit).toBe(0);
    expect((await newcomer.run('verify', '@acme/a')).exit).not.toBe(0);
  });
});

describe('a stranger who claims scopes in the name of another’s key', () => {
  it('makes no version of the key’s holder larger or unproven', async () => {
    const { send, author } = network.registry;
    const [heir, stranger] = [makeKey(), makeKey()];
    const succession = await state(
      send,
      keyStatement({ key: heir.open, state: 'enrolled', replaces: author.keyId }),
      author,
    );
    const scope = parseScope('strange');
    const claim = scopeStatement({ scope, owners: [stranger.open, heir.open, author.open] });
    const claimed = await state(send, claim, stranger);
    expect(claimed.status).toBe(201);
    await releaseBy(heir, makeReportSkill('@acme/a'));
    const asked: string[] = [];
    network.lie = async (path, honest) => {
      asked.push(path);
      return honest();
    };
    expect((await newcomer.run('install', '@acme/a@1.0.0', '--yes')).exit).toBe(0);
    const { names } = (await call(send, '/proofs/@acme/a/1.0.0')).body;
    const listed = names.map((one: { name: string }) => one.name);
    expect(listed).not.toContain('scope/strange');
    expect(listed).not.toContain(`identity/${stranger.keyId}`);
    expect(names).toContainEqual(
      expect.objectContaining({
        name: `holder/${heir.keyId}`,
        at: [succession.body.logIndex, claimed.body.logIndex],
        upTo: succession.body.logIndex,
      }),
    );
    expect(asked).not.toContain(`/log/statements/${claimed.body.logIndex}`);
  });
});
