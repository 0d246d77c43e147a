import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyFile, publicKeyOf } from '../../cli/keys/key-file.ts';
import { holdFiles } from '../../runner/holds/holds.ts';
import type { Hold } from '../../skills-index/run/holds/hold.ts';
import { makeReportSkill, release } from '../cli/installer-world.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';
import { atTerminal } from './terminal.ts';

const passphrase = 'correct horse battery staple';
let host: InstalledHost;
let client: Client;

beforeAll(async () => {
  host = await makeInstalledHost();
  const egress = [{ url: 'https://api.crm.example/v2/*', why: 'reads deals' }];
  await release(host.network, makeReportSkill('@acme/wide', { capabilities: { egress } }));
  await host.skill('agent', 'create', 'reporter');
  await host.skill('agent', 'grant', 'reporter', '@acme/*');
  const key = await createKeyFile(
    join(host.home, 'config/keys/mira.json'),
    undefined,
    'mira',
    undefined,
    passphrase,
  );
  const policy = {
    approvers: [{ name: 'mira', key: publicKeyOf(key) }],
    holds: [{ name: 'wide', when: { skill: '@acme/wide' }, seconds: 2 }],
  };
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
  client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: 'skillgate',
      args: ['mcp', '--agent', 'reporter'],
      env: { ...host.env },
      cwd: host.project,
    }),
  );
});
afterAll(async () => {
  await client?.close();
  await host?.close();
});

async function call(name: string, input: Record<string, unknown>): Promise<string> {
  const result = await client.callTool({ name, arguments: input });
  return (result.content as { text: string }[]).map((block) => block.text).join('\n');
}

async function heldNow(): Promise<Hold> {
  for (let tries = 0; tries < 600; tries++) {
    const hold = holdFiles(join(host.home, 'data/holds'))
      .kept()
      .find(({ holder }) => holder !== 'ended');
    if (hold !== undefined) return hold;
    await sleep(50);
  }
  throw new Error('nothing is held');
}

describe('an agent over MCP, whose operator can be asked', () => {
  it('gets a skill beyond its standing grant when a person allows it, for this version alone', async () => {
    const opening = call('skill_open', { name: '@acme/wide' });
    const hold = await heldNow();
    expect(hold).toMatchObject({ kind: 'install', agent: 'reporter', skill: '@acme/wide' });
    expect(hold.what).toContain('egress GET,HEAD https://api.crm.example/v2/*');
    const { exit } = await atTerminal(['hold', 'allow', hold.id], { ...host.env }, [
      ['Passphrase of key mira', passphrase],
    ]);
    expect(exit).toBe(0);
    expect(await opening).toContain('Run report.');
    const { out } = await host.skill('agent', 'list', '--format', 'json');
    expect(JSON.parse(out).agents[0].grants).toContainEqual(
      expect.objectContaining({ skill: '@acme/wide', range: '1.0.0' }),
    );
  });

  it('is answered when nobody answers the hold of its run, and not told how a person would', async () => {
    const said = await call('skill_run', { name: '@acme/wide', why: 'Ann asked' });
    expect(said).toContain('refused [hold-expired]');
    expect(said).toContain('nobody answered in time');
    expect(said).not.toMatch(/skill hold|passphrase|host\.json|key create|agent grant/);
  });
});
