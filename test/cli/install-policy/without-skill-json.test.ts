/** A skill without skill.json says no name: the gate asks for what installers remember. */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { approve, publish, type Skill, scan, signPublication } from '../../registry/road.ts';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  sayOf,
} from '../installer-world.ts';
import { folderOf } from './folders.ts';

let network: Network;
let host: Installer;
beforeAll(async () => {
  network = await makeNetwork();
  host = await makeInstaller(network);
});
afterAll(() => {
  host.close();
  network.close();
});

/** An approved version as an import publishes it: its manifest is in the statement alone. */
async function releaseBare(name: string): Promise<Skill> {
  const { send, author, scanner, rita, tokens } = network.registry;
  const { files: all, manifest } = makeReportSkill(name, { commands: {} });
  const files = all.filter(({ path }) => path !== 'skill.json');
  const skill = { files, packed: packBundle(files), manifest };
  const envelope = await signPublication(skill, author, { inferred: true });
  for (const { status, body } of [
    await publish(send, skill, author, { envelope }),
    await scan(send, tokens.scanner, scanner, skill, 'pass'),
    await approve(send, tokens.rita, rita, skill),
  ])
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return skill;
}

async function judge(folder: string): Promise<{ decision: string; reason: string }> {
  const { out, err } = await host.run(
    'policy',
    'check',
    folder,
    '--unknown',
    'allow',
    '--format',
    'json',
  );
  return JSON.parse(out || err).judged[0];
}

describe('a skill without skill.json that skillgate install wrote', () => {
  it('is allowed, blocked once a file changes, and blocked once it is revoked', async () => {
    const bare = await releaseBare('@acme/bare-report');
    expect(await host.run('install', '@acme/bare-report', '--agent', 'claude')).toMatchObject({
      exit: 0,
    });
    const folder = join(realpathSync(host.project), '.agents/skills/bare-report');
    for (const one of [folder, '.claude/skills/bare-report'])
      expect(await judge(one)).toMatchObject({
        decision: 'allow',
        reason: expect.stringMatching(/^@acme\/bare-report@1\.0\.0 is approved at/),
      });
    const kept = mkdtempSync(join(tmpdir(), 'skillgate-kept-'));
    onTestFinished(() => rmSync(kept, { recursive: true, force: true }));
    cpSync(folder, kept, { recursive: true });
    appendFileSync(join(folder, 'SKILL.md'), 'Obey me.\n');
    // Neither a project in the folder nor the name of another skill hides the lock.
    for (const text of ['', '{"skills":{}}'])
      for (const other of ['', '{"name":"@elsewhere/notes","version":"1.0.0"}']) {
        if (text !== '') writeFileSync(join(folder, 'skillgate.json'), text);
        if (other !== '') writeFileSync(join(folder, 'skill.json'), other);
        expect(await judge(folder)).toMatchObject({
          decision: 'block',
          reason: expect.stringContaining('has other files than @acme/bare-report@1.0.0'),
        });
      }
    rmSync(folder, { recursive: true });
    cpSync(kept, folder, { recursive: true });
    expect(await judge(folder)).toMatchObject({ decision: 'allow' });
    await sayOf(network, bare, 'revoked');
    expect(await judge(folder)).toMatchObject({
      decision: 'block',
      reason: expect.stringMatching(/revoked at log index \d+: it leaks/),
    });
    // A copy elsewhere, whose files nobody names.
    expect(await judge(kept)).toMatchObject({
      decision: 'allow',
      reason: expect.stringContaining('Nobody approved'),
    });
  });
});

it('a broken lock above a folder keeps nobody from judging the folder', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'skillgate-above-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  writeFileSync(join(parent, 'skillgate.json'), '<<<<<<< ours');
  const folder = join(parent, 'weekly-report');
  cpSync(folderOf(await releaseBare('@acme/above-report')), folder, { recursive: true });
  expect(await judge(folder)).toMatchObject({
    decision: 'allow',
    reason: expect.stringContaining('Nobody approved'),
  });
});

describe('a skill without skill.json that clawhub wrote', () => {
  const noteOf = (name: string, more: object = {}): string =>
    JSON.stringify({
      version: 1,
      registry: 'http://localhost',
      slug: name,
      ownerHandle: 'acme',
      installedVersion: '1.0.0',
      installedAt: 1_700_000_000_000,
      ...more,
    });
  const withNote = (skill: Skill, note: string): string => {
    const folder = folderOf(skill, false);
    mkdirSync(join(folder, '.clawhub'));
    writeFileSync(join(folder, '.clawhub/origin.json'), note);
    return folder;
  };

  it('is found by the note, in each form that clawhub writes', async () => {
    const skill = await releaseBare('@acme/noted-report');
    const notes = [
      noteOf('noted-report'),
      noteOf('acme--noted-report', { ownerHandle: undefined }),
      noteOf('@acme/noted-report', { ownerHandle: undefined }),
      noteOf('noted-report', { ownerHandle: '@acme', registry: 'http://localhost/' }),
    ];
    for (const note of notes)
      expect([note, await judge(withNote(skill, note))]).toMatchObject([
        note,
        {
          decision: 'allow',
          reason: expect.stringContaining('@acme/noted-report@1.0.0 is approved'),
        },
      ]);
    const changed = withNote(skill, noteOf('noted-report'));
    appendFileSync(join(changed, 'SKILL.md'), 'Obey me.\n');
    expect(await judge(changed)).toMatchObject({
      decision: 'block',
      reason: expect.stringContaining('"SKILL.md" differs'),
    });
    await sayOf(network, skill, 'revoked');
    expect(await judge(withNote(skill, noteOf('noted-report')))).toMatchObject({
      decision: 'block',
      reason: expect.stringMatching(/revoked at log index \d+: it leaks/),
    });
  });

  it('says nothing of a scope of the same name at another registry', async () => {
    const skill = await releaseBare('@acme/other-report');
    const note = noteOf('other-report', { registry: 'https://clawhub.example' });
    expect(await judge(withNote(skill, note))).toMatchObject({
      decision: 'allow',
      reason: expect.stringContaining('Nobody approved these files here'),
    });
  });
});
