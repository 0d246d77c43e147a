import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLock } from '../../cli/install/lock.ts';
import { holdFiles } from '../../runner/holds/holds.ts';
import type { Hold } from '../../skills-index/run/holds/hold.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { makeReportSkill, release, sayOf, withoutPacks } from '../cli/installer-world.ts';
import type { Skill } from '../registry/road.ts';
import { makeApprover, passphrase } from './approver.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';
import { atTerminal } from './terminal.ts';

let host: InstalledHost;
let client: Client;
const skills = new Map<string, Skill>();

/** With a script that no other skill has: blobs are fetched once. */
const skillOf = (name: string, url: string): Skill =>
  makeReportSkill(name, {
    capabilities: { egress: [{ url, why: 'reads deals' }] },
    files: {
      'scripts/report.ts': `console.log('the report of', ...process.argv.slice(2)); // ${name}\n`,
    },
  });
const inside = 'https://api.crm.example/v2/deals/*';
const outside = 'https://api.other.example/v2/*';

beforeAll(async () => {
  host = await makeInstalledHost();
  // The requests then show which files an agent has read.
  host.network.lie = withoutPacks;
  for (const [name, url] of [
    ['@acme/inside', inside],
    ['@acme/at-once', inside],
    ['@acme/allowed', outside],
    ['@acme/denied', outside],
    ['@acme/taken-back', outside],
  ] as const)
    skills.set(name, await release(host.network, skillOf(name, url)));
  const ceiling = join(host.project, 'ceiling.json');
  writeFileSync(
    ceiling,
    JSON.stringify({ capabilities: { egress: [{ url: 'https://api.crm.example/v2/*' }] } }),
  );
  await host.skill('agent', 'create', 'finance');
  const granted = await host.skill(
    'agent',
    'grant',
    'finance',
    '--skills',
    '@acme/*',
    '--ceiling',
    ceiling,
  );
  if (granted.exit !== 0) throw new Error(granted.err);
  const mira = await makeApprover(join(host.home, 'config'));
  const policy = { approvers: [mira] };
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
  client = new Client({ name: 'test', version: '1' });
  const args = ['mcp', '--agent', 'finance'];
  await client.connect(
    new StdioClientTransport({
      command: 'skillgate',
      args,
      env: { ...host.env },
      cwd: host.project,
    }),
  );
});
afterAll(async () => {
  await client?.close();
  await host?.close();
});

async function open(name: string): Promise<string> {
  const result = await client.callTool({ name: 'skill_open', arguments: { name } });
  return (result.content as { text: string }[]).map((block) => block.text).join('\n');
}

/** Opens until a person's answer has arrived, as an agent does. */
async function opened(name: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const said = await open(name);
    if (!said.startsWith('waits [')) return said;
    await sleep(300);
  }
  throw new Error(`${name} still waits`);
}

async function run(name: string): Promise<string> {
  const result = await client.callTool({
    name: 'skill_run',
    arguments: { name, args: ['11'], why: 'Ann asked' },
  });
  return (result.content as { text: string }[]).map((block) => block.text).join('\n');
}

const holds = (): readonly Hold[] =>
  holdFiles(join(host.home, 'data/holds'))
    .kept()
    .filter(({ holder }) => holder !== 'ended');

async function heldFor(skill: string): Promise<Hold> {
  for (let tries = 0; tries < 1_200; tries++) {
    const hold = holds().find((one) => one.skill === skill);
    if (hold !== undefined) return hold;
    await sleep(50);
  }
  throw new Error(`nothing is held for ${skill}`);
}

async function answer(verdict: 'allow' | 'deny', hold: Hold): Promise<void> {
  const asks: [string, string][] = [['Passphrase of key mira', passphrase]];
  const { exit } = await atTerminal(['hold', verdict, hold.id], { ...host.env }, asks);
  expect(exit).toBe(0);
}

async function lockedNames(): Promise<string[]> {
  return [...(await readLock(join(host.home, 'data/agents/finance/skillgate.lock'))).keys()].sort();
}

const wasFetched = (skill: string, path: string): boolean => {
  const file = skills.get(skill)?.packed.bundle.files.find((one) => one.path === path);
  return file !== undefined && host.network.asked.includes(`/blobs/sha256/${hexOf(file.sha256)}`);
};

describe('a skill that no lock names, asked for in the middle of a task', () => {
  it('is opened when it needs no more than the standing grant: admitted, fetched as far as it is read, in the identity’s lock', async () => {
    expect(await open('@acme/inside')).toContain('Run report.');
    expect(holds()).toEqual([]);
    expect(await lockedNames()).toEqual(['@acme/inside']);
    expect(wasFetched('@acme/inside', 'scripts/report.ts')).toBe(false);
    expect(await run('@acme/inside')).toContain('the report of 11');
    expect(wasFetched('@acme/inside', 'scripts/report.ts')).toBe(true);
    expect((await readLock(join(host.project, 'skillgate.lock'))).size).toBe(0);
  });

  it('waits for a person when it needs more, and the call is answered at once; what is opened meanwhile stays in the lock', async () => {
    const search = { name: 'skills_search', arguments: { task: '@acme/allowed' } };
    expect(JSON.stringify(await client.callTool(search))).toContain(
      'needs a person’s yes: asks for egress to api.other.example beyond your grant',
    );
    const said = await open('@acme/allowed');
    const hold = await heldFor('@acme/allowed');
    expect(hold).toMatchObject({ kind: 'install', agent: 'finance', version: '1.0.0' });
    expect(hold.what).toContain('egress GET,HEAD https://api.other.example/v2/*');
    expect(said).toContain(`hold ${hold.id} waits for a person until ${hold.expires}`);
    expect(await open('@acme/at-once')).toContain('Run report.');
    expect(await lockedNames()).toEqual(['@acme/at-once', '@acme/inside']);
    await answer('allow', hold);
    expect(await opened('@acme/allowed')).toContain('Run report.');
    expect(await lockedNames()).toEqual(['@acme/allowed', '@acme/at-once', '@acme/inside']);
    expect(await run('@acme/allowed')).toContain('the report of 11');
    const { out } = await host.skill('agent', 'show', '--format', 'json');
    // For this version alone: the standing grant is what it was.
    expect(JSON.parse(out).agents[0]).toMatchObject({
      ceiling: { egress: [{ url: 'https://api.crm.example/v2/*' }] },
      grants: [
        { skill: '@acme/*' },
        { skill: '@acme/allowed', range: '1.0.0', capabilities: { egress: [{ url: outside }] } },
      ],
    });
  });

  it('is refused when the person says no, and shows nothing', async () => {
    expect(await open('@acme/denied')).toMatch(/^waits /);
    await answer('deny', await heldFor('@acme/denied'));
    const said = await opened('@acme/denied');
    expect(said).toContain('refused [hold-denied]');
    expect(said).not.toContain('Run report.');
    expect(await lockedNames()).not.toContain('@acme/denied');
    expect(wasFetched('@acme/denied', 'SKILL.md')).toBe(true);
    expect(wasFetched('@acme/denied', 'scripts/report.ts')).toBe(false);
  });

  it('is refused when it is revoked while a person thinks about it, whatever they say', async () => {
    expect(await open('@acme/taken-back')).toMatch(/^waits /);
    const hold = await heldFor('@acme/taken-back');
    await sayOf(host.network, skills.get('@acme/taken-back') as Skill, 'revoked');
    await answer('allow', hold);
    const said = await opened('@acme/taken-back');
    expect(said).toContain('refused [not-admitted]');
    expect(said).not.toContain('Run report.');
    expect(await lockedNames()).not.toContain('@acme/taken-back');
    const { out } = await host.skill('agent', 'show', '--format', 'json');
    expect(
      JSON.parse(out).agents[0].grants.map((one: { skill: string }) => one.skill),
    ).not.toContain('@acme/taken-back');
  });
});
