/** A whole `skill run` from dist/, and an opened skill over MCP: what an agent waits for. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { makeReportSkill, release } from '../test/cli/installer-world.ts';
import { type InstalledHost, makeInstalledHost } from '../test/journey/installed-host.ts';
import { build, median, wallMs } from './measure.ts';
import type { Row } from './row.ts';
import { run } from './sandbox-peers.ts';

const name = '@acme/weekly-report';
const agent = 'bench';
const rounds = 15;
const entry = fileURLToPath(new URL('../dist/cli/guard.js', import.meta.url));

export async function skillRunRows(): Promise<Row[]> {
  build();
  const host = await hostWithSkill();
  try {
    return [...(await runRows(host)), await openRow(host)];
  } finally {
    await host.close();
  }
}

/** A registry and a host that has installed a skill whose command does nothing. */
export async function hostWithSkill(): Promise<InstalledHost> {
  const host = await makeInstalledHost();
  try {
    await release(
      host.network,
      makeReportSkill(name, {
        commands: { report: 'scripts/report.sh', wait: 'scripts/wait.sh' },
        files: {
          'scripts/report.sh': '#!/bin/sh\n:\n',
          'scripts/wait.sh': '#!/bin/sh\necho up\nread -r line\n',
        },
      }),
    );
    const { exit, err } = await host.skill('install', name);
    if (exit !== 0) throw new Error(err);
    await host.skill('agent', 'create', agent);
    const { exit: granted, err: why } = await host.skill('agent', 'grant', agent, '@acme/*');
    if (granted !== 0) throw new Error(why);
    return host;
  } catch (cause) {
    await host.close();
    throw cause;
  }
}

/** `skillgate run` of that skill. */
export function runSkill(host: InstalledHost): Promise<void> {
  return run(process.execPath, [entry, 'run', name, 'report'], host.env);
}

async function runRows(host: InstalledHost): Promise<Row[]> {
  const whole: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    whole.push(await wallMs(() => runSkill(host)));
    bare.push(await wallMs(() => run(process.execPath, ['-e', '0'], {})));
  }
  const value = median(whole);
  const base = median(bare);
  const resident = await residentMiB(host);
  const node = `node -e 0 ${base.toPrecision(3)} ms`;
  return [
    {
      name: 'skill run, whole, p50',
      value,
      unit: 'ms',
      against: node,
      ratio: value / base,
      goal: '≤ 150 ms',
      held: value <= 150,
    },
    {
      name: 'runner while a skill waits, resident',
      value: resident,
      unit: 'MiB',
      against: 'goal 80 MiB',
      ratio: resident / 80,
      goal: '≤ 80 MiB',
      held: resident <= 80,
    },
  ];
}

async function residentMiB(host: InstalledHost): Promise<number> {
  const child = spawn(process.execPath, [entry, 'run', name, 'wait'], {
    env: host.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.on('close', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const [, kibibytes] =
    /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
  child.stdin.end('\n');
  await gone;
  return Number(kibibytes) / 1024;
}

async function openRow(host: InstalledHost): Promise<Row> {
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [entry, 'mcp', '--agent', agent],
      env: { ...host.env },
      cwd: host.project,
    }),
  );
  const taken: number[] = [];
  for (let round = 0; round < rounds + 3; round++) {
    const open = async (): Promise<void> => {
      const { isError, content } = await client.callTool({
        name: 'skill_open',
        arguments: { name },
      });
      if (isError === true) throw new Error(JSON.stringify(content));
    };
    taken.push(await wallMs(open));
  }
  await client.close();
  const [first = 0, ...rest] = taken;
  const value = median(rest);
  const against = `the first, ${first.toPrecision(3)} ms`;
  return {
    name: 'skill_open, cached, p50',
    value,
    unit: 'ms',
    against,
    ratio: value / first,
    goal: '≤ 5 ms',
    held: value <= 5,
  };
}
