import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdFiles } from '../../runner/holds/holds.ts';
import type { Hold } from '../../skills-index/run/holds/hold.ts';
import { makeReportSkill, release } from '../cli/installer-world.ts';
import { makeApprover, passphrase } from './approver.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';
import { atTerminal } from './terminal.ts';

const wide = { name: '@acme/wide' };
const tellsHow = /skill(gate)? hold|passphrase|host\.json|key create|agent grant/;
let host: InstalledHost;
let client: Client;

beforeAll(async () => {
  host = await makeInstalledHost();
  const egress = [{ url: 'https://api.crm.example/v2/*', why: 'reads deals' }];
  await release(host.network, makeReportSkill('@acme/wide', { capabilities: { egress } }));
  await release(host.network, makeReportSkill('@acme/broad', { capabilities: { egress } }));
  await host.skill('agent', 'create', 'stranger');
  for (const agent of ['reporter', 'other']) {
    await host.skill('agent', 'create', agent);
    await host.skill('agent', 'grant', agent, '@acme/*');
  }
  const mira = await makeApprover(join(host.home, 'config'));
  const policy = {
    approvers: [mira],
    holds: [{ name: 'wide', when: { skill: '@acme/wide' }, seconds: 2 }],
  };
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
  client = await connect('reporter');
});
afterAll(async () => {
  await client?.close();
  await host?.close();
});

async function connect(agent: string): Promise<Client> {
  const connected = new Client({ name: 'test', version: '1' });
  const args = ['mcp', '--agent', agent];
  const env = { ...host.env };
  await connected.connect(
    new StdioClientTransport({ command: 'skillgate', args, env, cwd: host.project }),
  );
  return connected;
}

async function call(name: string, input: Record<string, unknown>): Promise<string> {
  const result = await client.callTool({ name, arguments: input });
  return (result.content as { text: string }[]).map((block) => block.text).join('\n');
}

async function heldNow(): Promise<Hold> {
  for (let tries = 0; tries < 600; tries++) {
    const hold = holdFiles(join(host.home, 'data/holds'))
      .kept()
      .find(({ agent, holder }) => agent === 'reporter' && holder !== 'ended');
    if (hold !== undefined) return hold;
    await sleep(50);
  }
  throw new Error('nothing is held');
}

describe('an agent over MCP, whose operator can be asked', () => {
  it('finds a skill that a person would have to allow, marked so; without a grant it finds nothing', async () => {
    const found = await call('skills_search', { task: '@acme/wide' });
    expect(found).toContain(
      '"needs":"needs a person’s yes: asks for egress to api.crm.example beyond your grant"',
    );
    expect(found).not.toMatch(tellsHow);
    const stranger = await connect('stranger');
    try {
      const input = { name: 'skills_search', arguments: { task: '@acme/wide' } };
      expect(JSON.stringify(await stranger.callTool(input))).toContain('No approved skill');
    } finally {
      await stranger.close();
    }
  });

  it('is told at once that a skill beyond its standing grant waits, with one hold for a flood of calls', async () => {
    const calls = await Promise.all(
      Array.from({ length: 10 }, () => client.callTool({ name: 'skill_open', arguments: wide })),
    );
    const said = new Set(calls.map(({ content }) => (content as { text: string }[])[0]?.text));
    const kept = holdFiles(join(host.home, 'data/holds')).kept();
    expect(kept).toHaveLength(1);
    expect([...said].join()).toMatch(
      new RegExp(`^waits \\[hold-waiting\\]: .*hold ${kept[0]?.id} waits for a person until 20`),
    );
    expect(calls.map(({ isError }) => isError)).not.toContain(true);
    expect([...said].join()).not.toMatch(tellsHow);
  });

  it('says nothing of that hold to another agent, which asks for itself', async () => {
    const other = await connect('other');
    try {
      const opened = await other.callTool({ name: 'skill_open', arguments: wide });
      const [first, second] = holdFiles(join(host.home, 'data/holds'))
        .kept()
        .toSorted((a, b) => (a.created < b.created ? -1 : 1));
      expect(second).toMatchObject({ agent: 'other' });
      expect(JSON.stringify(opened)).toContain(second?.id);
      const found = await other.callTool({ name: 'skills_search', arguments: { task: wide.name } });
      expect(JSON.stringify(found)).toContain(`waits for a person’s yes: hold ${second?.id}`);
      expect(JSON.stringify([opened, found])).not.toContain(first?.id);
    } finally {
      await other.close();
    }
  });

  it('gets the skill when a person allows it, for this version alone', async () => {
    const hold = await heldNow();
    expect(hold).toMatchObject({ kind: 'install', agent: 'reporter', skill: '@acme/wide' });
    expect(hold.what).toContain('egress GET,HEAD https://api.crm.example/v2/*');
    expect(await call('skill_run', { ...wide, why: 'Ann asked' })).toContain(
      `hold ${hold.id} waits`,
    );
    const { exit } = await atTerminal(['hold', 'allow', hold.id], { ...host.env }, [
      ['Passphrase of key mira', passphrase],
    ]);
    expect(exit).toBe(0);
    await expect
      .poll(() => call('skill_open', wide), { timeout: 30_000, interval: 300 })
      .toContain('Run report.');
    const { out } = await host.skill('agent', 'show', '--format', 'json');
    const { agents } = JSON.parse(out);
    expect(agents.find((one: { name: string }) => one.name === 'reporter').grants).toContainEqual(
      expect.objectContaining({ skill: '@acme/wide', range: '1.0.0' }),
    );
  });

  it('is told that a person denied it, and why a second question would be in vain', async () => {
    const input = { name: '@acme/broad' };
    const [, id = ''] = /hold ([0-9a-f]{12}) waits/.exec(await call('skill_open', input)) ?? [];
    const { exit } = await atTerminal(['hold', 'deny', id], { ...host.env }, [
      ['Passphrase of key mira', passphrase],
    ]);
    expect(exit).toBe(0);
    await expect
      .poll(() => call('skill_open', input), { timeout: 10_000, interval: 300 })
      .toMatch(/refused \[hold-denied\][\s\S]*mira/);
    const again = await call('skill_open', input);
    expect(again).toContain('refused [hold-denied]');
    expect(again).not.toMatch(tellsHow);
  });

  it('is answered when nobody answers the hold of its run, and not told how a person would', async () => {
    const said = await call('skill_run', { name: '@acme/wide', why: 'Ann asked' });
    expect(said).toContain('refused [hold-expired]');
    expect(said).toContain('nobody answered while the run waited');
    expect(said).not.toMatch(tellsHow);
  });
});
