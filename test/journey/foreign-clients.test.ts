import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import { claim } from '../faults/acts.ts';
import { makeServedSite, type ServedSite } from '../faults/served-site.ts';
import { enterStaff, recordTaken, releaseOne, scanOne, type Walk } from '../faults/walk.ts';
import { freshNonce } from '../nonce.ts';
import { makeSkill, registryIdAt, state } from '../registry/road.ts';

/** Both generations of the client are in use: the newer one needs Node 22. */
const clients = [
  { client: 'skills 1.7.4', module: 'skills', renew: () => ['update', '-y'] },
  // It names such skills as ones that it cannot check.
  { client: 'skills 1.5.18', module: 'skills-1.5', renew: (url: string) => ['add', url, '-y'] },
];

const weekly = makeSkill('@acme/weekly', '1.0.0', { files: { 'notes/how.md': 'how\n' } });
const revoked = makeSkill('@acme/revoked', '1.0.0');
let site: ServedSite;
let walk: Walk;

beforeAll(async () => {
  site = await makeServedSite();
  await site.start();
  const send = site.sender('127.0.0.1');
  const staff = await enterStaff(send, site.trust);
  walk = { send, staff, take: recordTaken(send, []) };
  const registry = await registryIdAt(send);
  await walk.take(await claim(registry, 'acme', staff.author));
  const approved = [weekly, revoked, makeSkill('@acme/other', '1.0.0')];
  for (const skill of approved) await releaseOne(walk, skill);
  await scanOne(walk, makeSkill('@acme/waiting', '1.0.0'));
  const target = { bundle: revoked.packed.digest };
  const said = { registry, reason: 'it sends keys', kind: 'revoked', target } as const;
  const stop = revocationStatement({ ...said, nonce: freshNonce() });
  expect((await state(send, stop, staff.reviewer.key)).status).toBe(201);
  await offers('@acme/other/1.0.0');
});
afterAll(() => site.close());

/** Waits until the registry offers a version. */
async function offers(version: string): Promise<void> {
  await vi.waitFor(async () => {
    const answer = await fetch(`${site.base()}/@acme/.well-known/agent-skills/index.json`);
    expect(await answer.text()).toContain(`/archives/${version}`);
  }, 20_000);
}

describe.each(clients)('$client', ({ module, renew }) => {
  const program = fileURLToPath(
    new URL(`../../node_modules/${module}/bin/cli.mjs`, import.meta.url),
  );

  interface Ended {
    readonly code: number;
    readonly text: string;
  }

  /** A person with nothing, in a project with nothing. */
  function person(): {
    run(...words: string[]): Promise<Ended>;
    file(path: string): string | undefined;
  } {
    const home = mkdtempSync(join(tmpdir(), 'skillgate-person-'));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const env = { PATH: process.env.PATH, HOME: home, CI: '1', DISABLE_TELEMETRY: '1' };
    return {
      run: (...words) =>
        new Promise((resolve) => {
          execFile(process.execPath, [program, ...words], { cwd: home, env }, (error, out, err) =>
            resolve({ code: Number(error?.code ?? 0), text: out + err }),
          );
        }),
      file: (path) => {
        const whole = join(home, path);
        return existsSync(whole) ? readFileSync(whole, 'utf8') : undefined;
      },
    };
  }

  it('installs an approved skill with each of its files', async () => {
    const { file, run } = person();
    const { code, text } = await run('add', `${site.base()}/@acme/weekly`, '-y');
    expect([code, text]).toEqual([0, expect.stringContaining('weekly')]);
    expect(file('.agents/skills/weekly/notes/how.md')).toBe('how\n');
    expect(file('.agents/skills/weekly/skill.json')).toContain('1.0.0');
    expect(file('.agents/skills/other/SKILL.md')).toBeUndefined();
  });

  it.each(['@acme', 'all'])('installs everything approved at /%s', async (path) => {
    const { file, run } = person();
    expect(await run('add', `${site.base()}/${path}`, '-y')).toMatchObject({ code: 0 });
    for (const name of ['weekly', 'other'])
      expect(file(`.agents/skills/${name}/SKILL.md`)).toContain('Count the words.');
    for (const name of ['waiting', 'revoked'])
      expect(file(`.agents/skills/${name}/SKILL.md`)).toBeUndefined();
  });

  it.each([
    '@acme/waiting',
    '@acme/revoked',
    '@acme/absent',
    '@nobody/weekly',
    '@acme/weekly@9.9.9',
  ])('installs nothing at /%s', async (path) => {
    const { file, run } = person();
    const { code, text } = await run('add', `${site.base()}/${path}`, '-y');
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/No skills found|Download failed with HTTP 404/),
    ]);
    expect(file('.agents/skills')).toBeUndefined();
    expect(file('.agents/skills/weekly/SKILL.md')).toBeUndefined();
  });

  it('stays at the version that its address names, and follows the skill otherwise', async () => {
    const name = `@acme/from-${module.replace('.', '-')}`;
    await releaseOne(walk, makeSkill(name, '1.0.0'));
    await offers(`${name}/1.0.0`);
    const url = `${site.base()}/${name}`;
    const follower = person();
    const pinned = person();
    await follower.run('add', url, '-y');
    await pinned.run('add', `${url}@1.0.0`, '-y');
    await releaseOne(walk, makeSkill(name, '1.1.0'));
    await offers(`${name}/1.1.0`);
    await follower.run(...renew(url));
    await pinned.run(...renew(`${url}@1.0.0`));
    const installed = `.agents/skills/${name.slice('@acme/'.length)}/skill.json`;
    expect(follower.file(installed)).toContain('1.1.0');
    expect(pinned.file(installed)).toContain('1.0.0');
  });
});
