/** A registry moves to another address: the pin and the memory of its log stay. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathsOf } from '../../../cli/paths.ts';
import { pinRegistry } from '../../../cli/registries/addresses/pin-registry.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import {
  base,
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
  sayOf,
} from '../installer-world.ts';
import type { Said } from '../skill-command.ts';

const moved = 'https://skills.acme.example';
let network: Network;
let other: Network;
let user: Installer;
beforeEach(async () => {
  network = await makeNetwork();
  other = await makeNetwork();
  user = await makeInstaller(network);
});
afterEach(() => {
  user.close();
  network.close();
  other.close();
});

/** Runs a command line while the registry answers at the new address only. */
function runMoved(answering: Network, ...argv: string[]): Promise<Said> {
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (!url.startsWith(moved)) throw new TypeError('fetch failed');
    return answering.fetch(base + url.slice(moved.length), init);
  };
  return user.runWith({ fetch }, ...argv);
}
const registries = () =>
  JSON.parse(readFileSync(join(user.home, 'config/registries.json'), 'utf8'));

describe('skillgate registry move', () => {
  it('asks the same registry at the new address, and forgets nothing of the log', async () => {
    const skill = await release(network, makeReportSkill('@acme/report'));
    await release(network, makeReportSkill('@acme/other'));
    for (const name of ['@acme/report', '@acme/other'])
      expect((await user.run('install', name)).exit).toBe(0);
    const before = await Promise.all(
      ['/index/status.json', '/log/checkpoint'].map(async (path) => {
        const answer = await network.registry.send(path);
        return [path, await answer.text()] as const;
      }),
    );
    await sayOf(network, skill, 'revoked');
    expect((await user.run('run', '--plan', '@acme/report', 'report')).exit).toBe(6);

    const said = await runMoved(network, 'registry', 'move', base, moved);
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toContain(`is asked at ${moved} from now on, and is the default`);
    expect(registries()).toMatchObject({ default: moved, registries: [{ base: moved }] });
    expect((await runMoved(network, 'run', '--plan', '@acme/other', 'report')).exit).toBe(0);
    const revoked = await runMoved(network, 'run', '--plan', '@acme/report', 'report');
    expect(revoked.err).toContain('revoked at log index');
    // The head that was seen at the old address counts at the new one.
    network.lie = async (path, honest) => {
      const old = before.find(([one]) => one === path)?.[1];
      return old === undefined ? honest() : new Response(old);
    };
    const older = await runMoved(network, 'run', '--plan', '@acme/other', 'report');
    expect(older.err).toContain('log-rolled-back');
  });

  it('refuses another registry, an older log and an address that does not answer', async () => {
    await release(network, makeReportSkill('@acme/report'));
    const before = await network.registry.send('/index/status.json');
    const status = await before.text();
    await release(network, makeReportSkill('@acme/other'));
    expect((await user.run('install', '@acme/report')).exit).toBe(0);
    const kept = registries();
    const foreign = await runMoved(other, 'registry', 'move', base, moved);
    expect(foreign.exit).not.toBe(0);
    expect(foreign.err).toMatch(/error\[(root-invalid|tuf-invalid)\]/);
    network.lie = async (path, honest) =>
      path === '/index/status.json' ? new Response(status) : honest();
    const old = await runMoved(network, 'registry', 'move', base, moved);
    expect(old.err).toContain('does not continue the log that this host saw');
    const silent = await user.run('registry', 'move', base, 'http://localhost:4999');
    expect(silent.exit).not.toBe(0);
    expect(registries()).toEqual(kept);
  });

  it('takes over an address that was added before, with its scopes', async () => {
    const { root } = network.registry.trust;
    const fingerprint = rootFingerprint(root);
    const added = await runMoved(
      network,
      ...['registry', 'add', moved, '--root', fingerprint, '--scope', 'acme'],
    );
    expect(added.out).toContain(
      `→ the same registry is pinned at ${base}; when it moved: skillgate registry move ${base} ${moved}`,
    );
    expect((await runMoved(network, 'registry', 'move', base, moved)).exit).toBe(0);
    expect(registries()).toMatchObject({
      default: moved,
      registries: [{ base: moved, root: fingerprint, scopes: ['acme'] }],
    });
    expect(registries().registries).toHaveLength(1);
  });

  it('says that a proof is withheld, and not that the log is another one', async () => {
    await release(network, makeReportSkill('@acme/report'));
    expect((await user.run('install', '@acme/report')).exit).toBe(0);
    await release(network, makeReportSkill('@acme/other'));
    const kept = registries();
    network.lie = async (path, honest) =>
      /^\/log\/(tile|nodes)/.test(path) ? new Response('', { status: 404 }) : honest();
    const said = await runMoved(network, 'registry', 'move', base, moved);
    expect(said.err).toContain('error[log-unproven]');
    expect(registries()).toEqual(kept);
  });

  it('loses nothing that another command adds in the meantime', async () => {
    await release(network, makeReportSkill('@acme/report'));
    expect((await user.run('install', '@acme/report')).exit).toBe(0);
    const paths = pathsOf({ SKILLGATE_HOME: user.home });
    const third = 'https://third.example';
    let adds = 0;
    network.lie = async (path, honest) => {
      if (path === '/index/status.json' && adds++ === 0)
        await pinRegistry(paths, third, other.registry.trust.root, []);
      return honest();
    };
    expect((await runMoved(network, 'registry', 'move', base, moved)).exit).toBe(0);
    expect(adds).toBeGreaterThan(0);
    const bases = registries().registries.map((one: { base: string }) => one.base);
    expect(bases.sort()).toEqual([moved, third]);
  });

  it('keeps a root of trust that another command pins in the meantime', async () => {
    await release(network, makeReportSkill('@acme/report'));
    expect((await user.run('install', '@acme/report')).exit).toBe(0);
    const paths = pathsOf({ SKILLGATE_HOME: user.home });
    let pinned = registries();
    network.lie = async (path, honest) => {
      if (path === '/index/status.json') {
        await pinRegistry(paths, base, other.registry.trust.root, []);
        pinned = registries();
      }
      return honest();
    };
    const said = await runMoved(network, 'registry', 'move', base, moved);
    expect(pinned.registries[0].root).toBe(rootFingerprint(other.registry.trust.root));
    expect(said.err).toContain('error[root-not-pinned]');
    expect(registries()).toEqual(pinned);
  });
});

describe('skillgate registry default, list and remove', () => {
  it('change the default and remove a pin, and keep what was learned under it', async () => {
    const skill = await release(network, makeReportSkill('@acme/report'));
    expect((await user.run('install', '@acme/report')).exit).toBe(0);
    await sayOf(network, skill, 'revoked');
    expect((await user.run('run', '--plan', '@acme/report', 'report')).exit).toBe(6);
    const strange = rootFingerprint(other.registry.trust.root);
    const added = await runMoved(other, 'registry', 'add', moved, '--root', strange);
    expect(added.out).toContain(`→ ${base} stays the default`);
    expect((await user.run('registry', 'default', moved)).exit).toBe(0);
    const listed = await user.run('registry', 'list');
    expect(listed.out).toMatch(/https:\/\/skills\.acme\.example +default/);
    expect(listed.out).toContain(
      '→ When the address of a registry changes: skillgate registry move',
    );
    const root = rootFingerprint(network.registry.trust.root);
    expect((await user.run('registry', 'remove', base)).err).toContain('not-confirmed');
    expect((await user.run('registry', 'remove', base, '--yes')).exit).toBe(0);
    expect(registries()).toMatchObject({ default: moved, registries: [{ base: moved }] });
    expect((await user.run('registry', 'remove', base, '--yes')).err).toContain(
      `No registry is pinned at ${base}`,
    );
    // The same root pinned again finds the memory of the log.
    expect((await user.run('registry', 'add', base, '--root', root)).exit).toBe(0);
    expect((await user.run('registry', 'remove', moved, '--yes')).exit).toBe(0);
    expect(registries().default).toBe(base);
    network.lie = async () => {
      throw new TypeError('fetch failed');
    };
    const offline = await user.run('run', '--plan', '@acme/report', 'report');
    expect(offline.err).toContain('revoked at log index');
  });
});
