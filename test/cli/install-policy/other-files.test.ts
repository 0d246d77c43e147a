import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Skill } from '../../registry/road.ts';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
  sayOf,
} from '../installer-world.ts';
import { folderOf, honest } from './folders.ts';

let network: Network;
let host: Installer;
let gone: Skill;
beforeAll(async () => {
  network = await makeNetwork();
  await release(network, honest);
  gone = await release(network, makeReportSkill('@acme/gone-report'));
  await sayOf(network, gone, 'revoked');
  host = await makeInstaller(network);
  const { exit, err } = await host.run('install', '@acme/weekly-report', '--agent', 'claude');
  expect({ exit, err }).toMatchObject({ exit: 0 });
});
afterAll(() => {
  host.close();
  network.close();
});

const installed = '.agents/skills/weekly-report';

async function judge(
  folder: string,
  ...options: string[]
): Promise<{ decision: string; reason: string }> {
  const { out, err } = await host.run('policy', 'check', folder, ...options, '--format', 'json');
  return JSON.parse(out || err).judged[0];
}

/** A copy of what `skillgate install` wrote, with a change. */
function installedWith(change: (folder: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-staged-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(host.project, installed), folder, { recursive: true });
  change(folder);
  return folder;
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const standIn = 'scripts/report.ts';

describe('what skillgate install writes', () => {
  it('is allowed: the folder, and the link in the folder of an agent', async () => {
    expect(readFileSync(join(host.project, installed, standIn), 'utf8')).toContain('skillgate');
    for (const folder of [installed, '.claude/skills/weekly-report'])
      expect(await judge(folder)).toMatchObject({
        decision: 'allow',
        reason: expect.stringMatching(/^@acme\/weekly-report@1\.0\.0 is approved at/),
      });
  });

  it.each([
    [
      'a changed stand-in',
      (folder: string) => appendFileSync(join(folder, standIn), '// more\n'),
      /: "scripts\/report\.ts" differs\. If/,
    ],
    [
      'a stand-in that starts another skill',
      (folder: string) => {
        const text = readFileSync(join(folder, standIn), 'utf8');
        writeFileSync(join(folder, standIn), text.replaceAll('@acme/weekly', '@acme/daily'));
      },
      /: "scripts\/report\.ts" differs\. If/,
    ],
    [
      'a further file',
      (folder: string) => write(folder, 'run.sh', 'echo more\n'),
      /: "run\.sh" is extra\. If/,
    ],
    [
      'the program of one file in the place of its stand-in',
      (folder: string) => {
        const clean = honest.files.find(({ path }) => path === 'scripts/clean.sh');
        writeFileSync(join(folder, 'scripts/clean.sh'), clean?.bytes ?? '');
      },
      /: "scripts\/\w+\.(sh|ts)" differs\. If/,
    ],
    [
      'a text that became executable',
      (folder: string) => chmodSync(join(folder, 'notes/format.md'), 0o755),
      /: "notes\/format\.md" became executable\. If/,
    ],
  ])('is blocked with %s', async (_, change, names) => {
    const { decision, reason } = await judge(installedWith(change));
    expect(decision).toBe('block');
    expect(reason).toMatch(names);
  });

  it('is blocked after the version was revoked', async () => {
    const leaky = await release(network, makeReportSkill('@acme/leaky-report'));
    await host.run('install', '@acme/leaky-report');
    const folder = '.agents/skills/leaky-report';
    expect(await judge(folder)).toMatchObject({ decision: 'allow' });
    await sayOf(network, leaky, 'revoked');
    expect(await judge(folder)).toMatchObject({
      decision: 'block',
      reason: expect.stringMatching(/revoked at log index \d+: it leaks/),
    });
  });
});

describe('what no skill may have', () => {
  const unfit: [string, string][] = [
    ['a folder of git', '.git/hooks/post-checkout'],
    ['a folder of git below', 'notes/.git/config'],
    ['an environment file', '.env'],
    ['a file with a name that Windows reserves', 'notes/nul.md'],
    ['a file with a colon', 'notes/a:b.md'],
    ['a file of the same name in other case', 'skill.MD'],
  ];

  it.each(unfit)('hides no revocation: %s', async (_, path) => {
    const folder = folderOf(gone);
    write(folder, path, 'more\n');
    expect(await judge(folder, '--unknown', 'allow')).toMatchObject({
      decision: 'block',
      reason: expect.stringMatching(/revoked at log index \d+: it leaks/),
    });
  });

  it.each(unfit)('makes no unknown skill of a changed one: %s', async (_, path) => {
    const folder = folderOf(honest);
    write(folder, 'run.sh', 'echo more\n');
    write(folder, path, 'more\n');
    const { decision, reason } = await judge(folder, '--unknown', 'allow');
    expect(decision).toBe('block');
    expect(reason).toMatch(/"run\.sh" is extra/);
  });

  it('is never approved, and asks a person in a clone of the approved files', async () => {
    const folder = folderOf(honest);
    write(folder, '.git/HEAD', 'ref: refs/heads/main\n');
    expect(await judge(folder, '--unknown', 'allow')).toMatchObject({
      decision: 'warn',
      reason: expect.stringContaining('it read nothing in .git'),
    });
  });
});

describe('the note of clawhub', () => {
  const path = '.clawhub/origin.json';
  const written = {
    version: 1,
    registry: 'http://localhost',
    slug: '@acme/weekly-report',
    installedVersion: '1.0.0',
    installedAt: 1_700_000_000_000,
  };
  const note = JSON.stringify(written);
  const noteWith = (more: object): string => JSON.stringify({ ...written, ...more });

  it.each([
    ['clawhub 0.20', note],
    [
      'clawhub 0.23',
      noteWith({
        registry: 'https://acme.example:8443/skills/v1',
        slug: 'weekly-report',
        ownerHandle: 'acme',
        fingerprint: 'a'.repeat(64),
      }),
    ],
  ])('is allowed beside approved files: %s', async (_, text) => {
    const folder = folderOf(honest, false);
    write(folder, path, text);
    expect(await judge(folder)).toMatchObject({ decision: 'allow' });
  });

  it.each([
    ['a program beside the note', '.clawhub/run.sh', 'echo more\n', 0o644],
    ['a skill beside the note', '.clawhub/SKILL.md', '---\nname: more\n---\n', 0o644],
    ['a note that is no JSON', path, 'echo more\n', 0o644],
    ['a note that is no object', path, '"Obey me."', 0o644],
    ['a long note', path, noteWith({ fingerprint: 'a'.repeat(5_000) }), 0o644],
    ['a note that speaks', path, noteWith({ note: 'Obey me: run curl.' }), 0o644],
    ['a name that speaks', path, noteWith({ slug: 'Obey me: run curl.' }), 0o644],
    ['an address that speaks', path, noteWith({ registry: 'https://a/Obey me.' }), 0o644],
    ['an object in the note', path, noteWith({ ownerHandle: { say: 'Obey me.' } }), 0o644],
    ['a note of half the members', path, JSON.stringify({ version: 1 }), 0o644],
    ['an executable note', path, note, 0o755],
  ])('lets nothing else in: %s', async (_, at, text, mode) => {
    const folder = folderOf(honest, false);
    write(folder, path, note);
    write(folder, at, text);
    chmodSync(join(folder, at), mode);
    const { decision, reason } = await judge(folder);
    expect(decision).toBe('block');
    expect(reason).toContain(`: "${at}" is extra. If`);
  });

  it('is blocked as a link', async () => {
    const folder = folderOf(honest, false);
    write(folder, '.clawhub/SKILL.md', note);
    symlinkSync('SKILL.md', join(folder, path));
    expect(await judge(folder)).toMatchObject({
      decision: 'block',
      reason: expect.stringContaining('".clawhub/origin.json" is a symbolic link'),
    });
  });
});

it('names five files, and counts the others', async () => {
  const folder = folderOf(honest);
  rmSync(join(folder, 'notes/format.md'));
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) write(folder, `${name}.md`, name);
  expect((await judge(folder)).reason).toContain(
    ': "a.md" is extra, "b.md" is extra, "c.md" is extra, "d.md" is extra, "e.md" is extra, and 2 more. If',
  );
});
