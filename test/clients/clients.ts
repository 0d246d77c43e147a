/**
 * The clients that are tried: how each is installed, started without a person, and told of our MCP
 * server.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Client {
  readonly name: string;
  readonly package: string;
  /** Which interface of the model it speaks. */
  readonly kind: 'openai' | 'anthropic';
  /** Below `node_modules`. */
  readonly program: string;
  readonly runBy?: 'node';
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its tool for a shell, and the input that is a command. */
  readonly shell: RegExp;
  readonly shellInput: (command: string) => Readonly<Record<string, unknown>>;
}

const endpoint = 'http://model.skillgate.internal/v1';
const task = 'write the weekly report';
const server = { command: 'skillgate', args: ['mcp'] };

const openCode = {
  provider: {
    stub: {
      npm: '@ai-sdk/openai-compatible',
      name: 'stub',
      options: { baseURL: endpoint, apiKey: 'x' },
      models: { stub: { name: 'stub' } },
    },
  },
  mcp: { skillgate: { type: 'local', command: [server.command, ...server.args], enabled: true } },
  model: 'stub/stub',
  permission: { bash: 'allow' },
  autoupdate: false,
  share: 'disabled',
};

const codexSettings = [
  'model_provider="local"',
  `model_providers.local={name="local",base_url="${endpoint}",wire_api="responses"}`,
  `mcp_servers.skillgate={command="${server.command}",args=${JSON.stringify(server.args)}}`,
];

export const clients: readonly Client[] = [
  {
    name: 'codex',
    package: '@openai/codex@0.169.0',
    kind: 'openai',
    program: '@openai/codex/bin/codex.js',
    runBy: 'node',
    args: [
      'exec',
      '--dangerously-bypass-approvals-and-sandbox',
      '--skip-git-repo-check',
      ...codexSettings.flatMap((one) => ['-c', one]),
      '-m',
      'stub',
      task,
    ],
    shell: /^exec_command$/,
    shellInput: (cmd) => ({ cmd }),
  },
  {
    name: 'claude',
    package: '@anthropic-ai/claude-code@2.1.197',
    kind: 'anthropic',
    program: '@anthropic-ai/claude-code/bin/claude.exe',
    args: [
      '-p',
      task,
      '--model',
      'stub',
      '--mcp-config',
      JSON.stringify({ mcpServers: { skillgate: server } }),
      '--allowedTools',
      'Bash,mcp__skillgate',
    ],
    shell: /^Bash$/,
    shellInput: (command) => ({ command, description: 'runs it' }),
  },
  {
    name: 'opencode',
    package: 'opencode-ai@1.18.33',
    kind: 'openai',
    program: 'opencode-ai/bin/opencode.exe',
    args: ['run', task],
    env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(openCode), OPENCODE_DISABLE_MODELS_FETCH: '1' },
    shell: /^bash$/,
    shellInput: (command) => ({ command, description: 'runs it' }),
  },
];

/**
 * Installs packages once, outside of the project: together they have more than 1 GB. Answers with
 * their folder.
 */
export function installOnce(name: string, wanted: string): string {
  const folder = fileURLToPath(new URL(`../../.cache/clients/${name}`, import.meta.url));
  if (existsSync(join(folder, 'installed'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', wanted], {
    cwd: folder,
    stdio: 'inherit',
  });
  execFileSync('chmod', ['-R', 'go-w', folder]);
  writeFileSync(join(folder, 'installed'), wanted);
  return folder;
}

/**
 * What a client reads from its environment stands in a script, since a session's environment is the
 * plan's.
 */
export function launcherOf({ env = {}, program, runBy }: Client, folder: string): string {
  const path = join(folder, 'start.sh');
  const sets = Object.entries(env).map(([name, value]) => `export ${name}='${value}'\n`);
  writeFileSync(
    path,
    `${sets.join('')}exec ${runBy ?? ''} ${join(folder, 'node_modules', program)} "$@"\n`,
  );
  chmodSync(path, 0o755);
  return path;
}
