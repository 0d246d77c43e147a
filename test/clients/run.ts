/**
 * `npm run test:clients [NAME…]`: real agents in sessions, against a stub of a model. Each has to see a skill's description once and never its
 * body, and its call of the skill's script has to run in the sibling sandbox. Installs the clients (about 1 GB) below node_modules/.cache.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeReportSkill, release } from '../cli/installer-world.ts';
import { makeInstalledHost } from '../journey/installed-host.ts';
import { startStubModel } from './stub-model.ts';

interface Client {
  readonly name: string;
  readonly package: string;
  readonly kind: 'openai' | 'anthropic';
  /** Below `node_modules`. */
  readonly program: string;
  readonly runBy?: 'node';
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const endpoint = 'http://model.skillgate.internal/v1';
const task = 'write the weekly report';
const provider = `model_providers.local={name="local",base_url="${endpoint}",wire_api="responses"}`;
const openCode = {
  provider: {
    stub: {
      npm: '@ai-sdk/openai-compatible',
      name: 'stub',
      options: { baseURL: endpoint, apiKey: 'x' },
      models: { stub: { name: 'stub' } },
    },
  },
  ...{ model: 'stub/stub', permission: { bash: 'allow' }, autoupdate: false, share: 'disabled' },
};

const clients: readonly Client[] = [
  {
    ...{ name: 'codex', package: '@openai/codex@0.169.0', kind: 'openai', program: '@openai/codex/bin/codex.js', runBy: 'node' },
    args: [
      'exec',
      '--dangerously-bypass-approvals-and-sandbox',
      '--skip-git-repo-check',
      '-c',
      'model_provider="local"',
      '-c',
      provider,
      '-m',
      'stub',
      task,
    ],
  },
  {
    ...{ name: 'claude', package: '@anthropic-ai/claude-code@2.1.197', kind: 'anthropic' },
    program: '@anthropic-ai/claude-code/bin/claude.exe',
    args: ['-p', task, '--model', 'stub', '--allowedTools', 'Bash'],
  },
  {
    ...{ name: 'opencode', package: 'opencode-ai@1.18.33', kind: 'openai', program: 'opencode-ai/bin/opencode.exe' },
    args: ['run', task],
    env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(openCode), OPENCODE_DISABLE_MODELS_FETCH: '1' },
  },
];

const description = 'Writes the weekly report from the deals of the CRM.';
const body = 'Run report.';

async function tryClient(client: Client): Promise<string[]> {
  const folder = install(client);
  const model = await startStubModel('node ~/.agents/skills/weekly-report/scripts/report.ts 11');
  const host = await makeInstalledHost();
  const workspace = mkdtempSync(join(tmpdir(), 'skillgate-client-'));
  if (process.getuid?.() === 0) chownSync(workspace, 65_534, 65_534);
  try {
    const policy = {
      workspaces: { desk: workspace },
      models: { local: { url: `http://127.0.0.1:${model.port}`, kind: client.kind } },
      agentPrograms: { client: { folder, command: ['sh', launcherOf(client, folder)] } },
    };
    writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
    await release(
      host.network,
      makeReportSkill('@acme/weekly-report', { description, commands: { report: 'scripts/report.ts' } }),
    );
    await host.skill('agent', 'create', 'finance', '--workspace', 'desk');
    await host.skill('agent', 'grant', 'finance', '@acme/weekly-report');
    const { exit, err, out } = await host.skill('agent', 'run', 'finance', '--', 'client', ...client.args);
    const log = (await host.skill('agent', 'log', 'finance')).out;
    const counts = model.bodies.map((one) => one.split(description).length - 1);
    const wrong: readonly (readonly [boolean, string])[] = [
      [exit !== 0, `it ended with ${exit}: ${out.slice(-500)} ${err.slice(-500)}`],
      [Math.max(...counts) !== 1, `the description was there ${counts.join(', ')} times`],
      [model.bodies.some((one) => one.includes(body)), 'the body was there, and nobody had opened it'],
      [!model.bodies.some((one) => one.includes('the report of 11')), 'the output of the script did not come'],
      [!/@acme\/weekly-report@1\.0\.0\s+start/.test(log), 'no run of the skill is in the audit log'],
    ];
    return wrong.flatMap(([isSo, says]) => (isSo ? [says] : []));
  } finally {
    model.close();
    await host.close();
    rmSync(workspace, { recursive: true, force: true });
  }
}

function install({ name, package: wanted }: Client): string {
  const folder = fileURLToPath(new URL(`../../node_modules/.cache/clients/${name}`, import.meta.url));
  if (existsSync(join(folder, 'node_modules'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', wanted], { cwd: folder, stdio: 'inherit' });
  execFileSync('chmod', ['-R', 'go-w', folder]);
  return folder;
}

// What a client reads from its environment stands in a script, since a session's environment is the plan's.
function launcherOf({ env = {}, program, runBy }: Client, folder: string): string {
  const path = join(folder, 'start.sh');
  const sets = Object.entries(env).map(([name, value]) => `export ${name}='${value}'\n`);
  writeFileSync(path, `${sets.join('')}exec ${runBy ?? ''} ${join(folder, 'node_modules', program)} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

const wanted = process.argv.slice(2);
for (const client of clients.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const wrong = await tryClient(client);
  process.stdout.write(`${client.package}: ${wrong.length === 0 ? 'as it should be' : wrong.join('; ')}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}
