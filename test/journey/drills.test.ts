import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DrillStage, expectTyped, makeDrillStage } from './drill-stage.ts';
import type { Serving } from './processes.ts';

/**
 * docs/registry-reference.md, "Drills": each test plays the section of its name, on registries in processes
 * of their own.
 */
let stage: DrillStage;
let registry: Serving;
const stranger = `sha256:${'0'.repeat(64)}`;
const scopes = ['twice', 'lost', 'stolen', 'given', 'left'];

beforeAll(async () => {
  stage = makeDrillStage();
  registry = await stage.registry('registry', ['ada', 'bo', 'cy']);
  for (const user of ['rita', 'ron']) {
    await stage.person(user, registry.base);
    await stage.done(
      'ada',
      'member',
      'add',
      user,
      '--role',
      'reviewer',
      '--public-key',
      stage.publicKey(user),
    );
  }
  await stage.agreeOnMembers('bo');
  // One author and one host for each drill; the host has the first version.
  await Promise.all(
    scopes.map(async (scope) => {
      await stage.person(`author-${scope}`, registry.base);
      await stage.done(`author-${scope}`, 'scope', 'claim', scope);
      await stage.release(`author-${scope}`, `@${scope}/week@1.0.0`);
      await stage.person(`host-${scope}`, registry.base, scope);
      await stage.done(`host-${scope}`, 'install', `@${scope}/week`);
    }),
  );
});
afterAll(async () => {
  await stage.close();
});
beforeEach(() => void stage.typed());

describe('drill', () => {
  it('An author’s key is lost', async () => {
    const drill = 'An author’s key is lost';
    const author = 'author-lost';
    const host = 'host-lost';
    const { keys } = await stage.done(author, 'key', 'list');
    rmSync(join(stage.folder, author, 'config/keys'), { recursive: true });
    await stage.refused('error[not-signed-in]', author, 'publish', '1.0.0');
    await stage.done(author, 'key', 'create');
    const to = stage.publicKey(author);
    const first = await stage.done(
      'ada',
      'scope',
      'transfer',
      'lost',
      '--to',
      to,
      '--key',
      'administrator',
      '--yes',
    );
    expect(first).toMatchObject({ done: false, votes: { signed: 1, needed: 2 } });
    await stage.refused('error[scope-taken]', author, 'publish', '1.0.0');
    expect((await stage.type(author, 'scope', 'show', 'lost')).stderr).toContain(
      '1 of 2 administrators have signed',
    );
    expect(
      await stage.done(
        'bo',
        'scope',
        'transfer',
        'lost',
        '--to',
        to,
        '--key',
        'administrator',
        '--yes',
      ),
    ).toMatchObject({
      done: true,
    });
    await stage.done('ada', 'key', 'revoke', keys[0].keyId, '--key', 'administrator', '--yes');
    await stage.release(author, '@lost/week@1.0.1');
    await expectOldStaysAndNewAsks(host, '@lost/week', author);
    expectTyped(drill, stage.typed());
  });

  it('An author’s key is stolen', async () => {
    const drill = 'An author’s key is stolen';
    const author = 'author-stolen';
    const host = 'host-stolen';
    const backup = await stage.done(author, 'key', 'create', 'backup');
    const both = ['--to', stage.publicKey(author), '--to', stage.publicKey(author, 'backup')];
    await stage.done(author, 'scope', 'transfer', 'stolen', ...both, '--yes');
    const sure = await stage.newest(author);
    await stage.done(author, 'registry', 'show');
    // The thief has a copy of the file, and finds a reviewer who looks away.
    await stage.release(author, '@stolen/week@1.6.6', 'ron');
    await stage.done(host, 'install', '@stolen/week@1.6.6');
    expect((await stage.type(author, 'key', 'list')).stderr).toMatch(
      /published @stolen\/week@1\.6\.6 at log index \d+ \(approved\)/,
    );
    expect(
      await stage.done(author, 'key', 'revoke', 'default', '--valid-up-to', sure, '--yes'),
    ).toMatchObject({
      revoked: ['@stolen/week@1.6.6'],
    });
    await stage.refused('- publisher-unknown: ', host, 'verify', '@stolen/week');
    await stage.done(host, 'install', '@stolen/week@1.0.0');
    expect(await stage.installed(host, '@stolen/week')).toBe('1.0.0');
    const thiefs = join(dirname(stage.publicKey(author)), 'ended', `default-until-${sure}.json`);
    await stage.refused('error[key-ended]', author, 'publish', '1.0.0', '--key', thiefs);
    expect((await stage.done(author, 'scope', 'show', 'stolen')).owners).toMatchObject([
      { keyId: backup.keyId },
    ]);
    expectTyped(drill, stage.typed());
  });

  it('A scope changes hands', async () => {
    const drill = 'A scope changes hands';
    await stage.person('carol', registry.base);
    const to = stage.publicKey('carol');
    expect(
      await stage.done('author-given', 'scope', 'transfer', 'given', '--to', to, '--yes'),
    ).toMatchObject({ done: true });
    await stage.refused('error[scope-taken]', 'author-given', 'publish', '1.0.0');
    await stage.release('carol', '@given/week@1.0.1');
    await expectOldStaysAndNewAsks('host-given', '@given/week', 'carol');
    expectTyped(drill, stage.typed());
  });

  it('A reviewer leaves', async () => {
    const drill = 'A reviewer leaves';
    await stage.release('author-left', '@left/week@1.0.1', 'ron');
    await stage.person('late', registry.base);
    await stage.done('ada', 'member', 'remove', 'ron', '--yes');
    expect(await stage.done('author-left', 'status', '@left/week@1.0.1')).toMatchObject({
      status: 'approved',
    });
    await stage.refused(
      'error[',
      'ron',
      'review',
      'approve',
      '@left/week@1.0.1',
      '--reason',
      'still here',
      '--yes',
    );
    await stage.done('late', 'install', '@left/week');
    expect(await stage.installed('late', '@left/week')).toBe('1.0.1');
    // And was a thief: what ron signed behind the index of rita’s approval counts no more.
    const { history } = await stage.done('author-left', 'status', '@left/week@1.0.0');
    const sure = /log index (\d+)/.exec(history.at(-1).why)?.[1] ?? '';
    await stage.done(
      'ada',
      'member',
      'add',
      'ron',
      '--role',
      'reviewer',
      '--public-key',
      stage.publicKey('ron'),
    );
    await stage.agreeOnMembers('bo');
    await stage.done('ada', 'member', 'remove', 'ron', '--valid-up-to', sure, '--yes');
    expect(await stage.done('author-left', 'status', '@left/week@1.0.1')).toMatchObject({
      status: 'revoked',
    });
    await stage.refused('- approval-invalid: ', 'late', 'verify', '@left/week');
    expect(await stage.installed('host-left', '@left/week')).toBe('1.0.0');
    expectTyped(drill, stage.typed());
  });

  // The last one: it stops the registry.
  it('Two registries with the same scope', async () => {
    const drill = 'Two registries with the same scope';
    const other = await stage.registry('elsewhere', ['eve']);
    await stage.person('mallory', other.base);
    await stage.person('mark', other.base);
    await stage.done(
      'eve',
      'member',
      'add',
      'mark',
      '--role',
      'reviewer',
      '--public-key',
      stage.publicKey('mark'),
    );
    await stage.done('mallory', 'scope', 'claim', 'twice');
    await stage.release('mallory', '@twice/week@9.0.0', 'mark');
    const host = 'host-twice';
    const pin = ['registry', 'add', other.base, '--root', stage.fingerprint(other.base)];
    await stage.refused('looked up in another registry already', host, ...pin, '--scope', 'twice');
    // The host knows both. It has the version there, is asked for that one, or cannot reach its
    // own: the other is never asked.
    await stage.done(host, ...pin);
    await stage.done(host, 'install', '@twice/week');
    expect(await stage.installed(host, '@twice/week')).toBe('1.0.0');
    await stage.refused('error[not-found]', host, 'install', '@twice/week@9.0.0');
    await registry.stop();
    await stage.refused('error[registry-down]', host, 'install', '@twice/week@9.0.0');
    expectTyped(drill, stage.typed());
  });

  /**
   * What is installed goes on; a version by another owner is not taken before a person has looked.
   */
  async function expectOldStaysAndNewAsks(
    host: string,
    name: string,
    publisher: string,
  ): Promise<void> {
    expect(await stage.installed(host, name)).toBe('1.0.0');
    const said = await stage.refused('- publisher-changed: ', host, 'install', `${name}@1.0.1`);
    expect(said).toContain('Ask the author over another channel');
    await stage.refused(
      '- publisher-changed: ',
      host,
      'install',
      `${name}@1.0.1`,
      '--publisher',
      stranger,
    );
    const [, signed = ''] = /but (sha256:\w+)(?= signed)/.exec(said) ?? [];
    expect(signed).toBe(await stage.keyIdOf(publisher));
    await stage.done(host, 'install', `${name}@1.0.1`, '--publisher', signed);
    expect(await stage.installed(host, name)).toBe('1.0.1');
  }
});
