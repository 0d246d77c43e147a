/**
 * `npm run test:clients [NAME…]`: real agents in sessions, against a stub of a model, with both
 * faces of the skills. Each has to see a skill's description and not its body until it opens it;
 * what it runs has to run in the sibling sandbox; and nothing but its model may be reached. Then
 * the installers of other registries: `installers [NAME…]` runs only those.
 */
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeReportSkill, release } from '../cli/installer-world.ts';
import { type InstalledHost, makeInstalledHost } from '../journey/installed-host.ts';
import { type Client, clients, installLineOf, installOnce } from './clients.ts';
import { tryCoding } from './coding.ts';
import { tryConnect } from './connect.ts';
import { tryInspector } from './inspector.ts';
import { type Installer, installers } from './installers/clients.ts';
import type { Outcome } from './installers/outcomes.ts';
import { tryGates } from './installers/try-gates.ts';
import { tryInstallers } from './installers/try-installers.ts';
import { mcpSuites, tryMcpSuites } from './mcp-suites.ts';
import { type StubModel, startStubModel } from './stub-model.ts';

const description = 'Writes the weekly report from the deals of the CRM.';
const body = 'Run report.';
const name = '@acme/weekly-report';

/** What is asserted, in words, and whether it is so. */
type Row = readonly [says: string, isSo: boolean, more?: string];

async function tryClient(client: Client): Promise<Row[]> {
  const folder = installOnce(client.name, installLineOf(client));
  const model = await startStubModel([
    {
      tool: client.shell,
      input: client.shellInput('node ~/.agents/skills/weekly-report/scripts/report.ts 11'),
    },
    ...(client.loads === undefined ? [] : [client.loads]),
    { tool: /skill_open$/, input: { name } },
    {
      tool: /skill_run$/,
      input: { name, command: 'report', args: ['12'], why: 'the person asked for it' },
    },
  ]);
  const host = await makeInstalledHost();
  const workspace = mkdtempSync(join(tmpdir(), 'skillgate-client-'));
  if (process.getuid?.() === 0) chownSync(workspace, 65_534, 65_534);
  try {
    const policy = {
      workspaces: { desk: workspace },
      models: { local: { url: `http://127.0.0.1:${model.port}`, kind: client.kind } },
      toolchains: { client: folder },
    };
    writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
    await release(
      host.network,
      makeReportSkill(name, { description, commands: { report: 'scripts/report.ts' } }),
    );
    await host.skill('agent', 'create', 'finance', '--workspace', 'desk');
    await host.skill('agent', 'grant', 'finance', name);
    const { exit, err, out } = await host.skill(
      'agent',
      'run',
      'finance',
      '--',
      'env',
      ...Object.entries(client.env ?? {}).map(([key, value]) => `${key}=${value}`),
      client.name,
      ...client.args,
    );
    return [
      ['it ended with 0', exit === 0, `${exit}: ${out.slice(-500)} ${err.slice(-500)}`],
      ...seenBy(model),
      ...recorded(host),
    ];
  } finally {
    model.close();
    await host.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}

function seenBy({ bodies }: StubModel): Row[] {
  const opened = bodies.findIndex((one) => one.includes(body));
  const before = opened < 0 ? bodies : bodies.slice(0, opened);
  const counts = before.map((one) => one.split(description).length - 1);
  const has = (text: string): boolean => bodies.some((one) => one.includes(text));
  const asksForOpen = before.some((one) => one.includes('the report of 11'));
  return [
    ['it tells its model the description once', Math.max(...counts) === 1, counts.join(', ')],
    ['and not the body', before.length > 1 && asksForOpen, `${before.length} requests before it`],
    ['until skill_open gave it', opened > 0],
    ['its shell got the output of the script in its skills folder', has('the report of 11')],
    [
      'skill_run gave it the output over MCP',
      has('the report of 12') && has('untrusted output of'),
    ],
  ];
}

function recorded({ home }: InstalledHost): Row[] {
  const lines = readFileSync(join(home, 'data/audit/audit.jsonl'), 'utf8').trim().split('\n');
  const entries = lines.map(
    (line) => JSON.parse(line) as Readonly<Record<string, string | undefined>>,
  );
  const starts = entries.filter(({ event, skill }) => event === 'start' && skill === name);
  const left = entries
    .filter(({ decision, event }) => event === 'egress' && decision === 'allowed')
    .map(({ host }) => host);
  const denied = entries
    .filter(({ decision, event }) => event === 'egress' && decision === 'denied')
    .map(({ host }) => host);
  const hosts = [...new Set(left)];
  return [
    [
      'both runs are in the audit log, each with a plan of its own and the session',
      starts.length === 2 &&
        starts.every(({ plan, session }) => /^sha256:/.test(plan ?? '') && session !== undefined),
    ],
    ['one has the stated why', starts.some(({ why }) => why === 'the person asked for it')],
    [
      'all that left the session went to its model',
      hosts.length === 1 && hosts[0] === 'model.skillgate.internal',
      `${hosts.join(', ')}; denied: ${[...new Set(denied)].join(', ') || 'nothing'}`,
    ],
  ];
}

function print(title: string, rows: readonly Row[]): void {
  process.stdout.write(`${title}\n`);
  for (const [says, isSo, more] of rows)
    process.stdout.write(
      `  ${isSo ? 'yes' : 'NO '} ${says}${more === undefined ? '' : ` (${more.trim().split('\n')[0]})`}\n`,
    );
  if (rows.some(([, isSo]) => !isSo)) process.exitCode = 1;
}

function printOutcomes(outcomes: readonly Outcome[]): void {
  const widest = (words: readonly string[]): number => Math.max(...words.map((one) => one.length));
  const client = widest(outcomes.map((one) => one.client));
  const name = widest(outcomes.map((one) => one.case));
  for (const one of outcomes)
    process.stdout.write(
      `${one.isAsWanted ? 'yes' : 'NO '} ${one.client.padEnd(client)}  ${one.case.padEnd(name)}  ${one.happened}\n`,
    );
  if (outcomes.some(({ isAsWanted }) => !isAsWanted)) process.exitCode = 1;
}

async function tryAgents(wanted: readonly string[]): Promise<void> {
  const isWanted = (one: string): boolean =>
    wanted.every((word) => word === 'coding') || wanted.includes(one);
  for (const client of clients.filter((one) => isWanted(one.name))) {
    const installed = installLineOf(client).split(' ').at(-1) ?? '';
    if (!wanted.includes('coding')) print(`${installed}: skills`, await tryClient(client));
    print(`${installed}: docs/coding-agent.md`, await tryCoding(client));
  }
  if (isWanted('connect')) print('skillgate connect', await tryConnect());
  if (isWanted('inspector')) print(tryInspector.package, await tryInspector());
  if (isWanted('mcp')) print(Object.values(mcpSuites).join(', '), await tryMcpSuites());
}

const wanted = process.argv.slice(2);
const [first, ...names] = wanted;
if (first !== 'installers' && first !== 'gates') await tryAgents(wanted);
if (first === undefined || first === 'installers') {
  const isNamed = ({ name }: Installer): boolean => names.some((one) => name.startsWith(one));
  printOutcomes(await tryInstallers(names.length === 0 ? installers : installers.filter(isNamed)));
}
if (first === undefined || first === 'gates') printOutcomes(await tryGates());
