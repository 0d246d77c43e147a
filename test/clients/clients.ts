/**
 * The clients that are tried: how each is installed, started without a person, told of our MCP
 * server, and how its model asks for its tools.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linesOf } from '../journey/coding-stage.ts';
import type { StubCall } from './stub-model.ts';

export interface Client {
  readonly name: string;
  /** Which interface of the model it speaks. */
  readonly kind: 'openai' | 'anthropic';
  readonly args: readonly string[];
  /** Loads the tools of our MCP server, where the client declares them to its model on demand. */
  readonly loads?: StubCall;
  readonly env?: Readonly<Record<string, string>>;
  /** Its tool for a shell, and the input that is a command. */
  readonly shell: RegExp;
  readonly shellInput: (command: string) => Readonly<Record<string, unknown>>;
  /** The client's chapter of docs/coding-agent.md. */
  readonly chapter: string;
  /** Its own tools for files; a client without such tools works with its shell. */
  readonly read: (path: string) => StubCall;
  readonly edit: (path: string, before: string, after: string) => StubCall;
  readonly write: (path: string, content: string) => StubCall;
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

const inWorkspace = (path: string): string => `/workspace/${path}`;
const inCodex = (cmd: string): StubCall => ({ tool: /^exec_command$/, input: { cmd } });
const patch = (text: string): string =>
  `apply_patch <<'EOF'\n*** Begin Patch\n${text}\n*** End Patch\nEOF`;

export const clients: readonly Client[] = [
  {
    name: 'codex',
    kind: 'openai',
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
    shellInput: (cmd) => ({ cmd, yield_time_ms: 30_000 }),
    chapter: 'Codex',
    read: (path) => inCodex(`cat ${path}`),
    edit: (path, before, after) =>
      inCodex(patch(`*** Update File: ${path}\n@@\n-${before}\n+${after}`)),
    write: (path, content) =>
      inCodex(patch(`*** Add File: ${path}\n${content.trimEnd().replace(/^/gm, '+')}`)),
  },
  {
    name: 'claude',
    kind: 'anthropic',
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
    loads: {
      tool: /^ToolSearch$/,
      input: { query: 'select:mcp__skillgate__skill_open,mcp__skillgate__skill_run' },
    },
    shell: /^Bash$/,
    shellInput: (command) => ({ command, description: 'runs it' }),
    chapter: 'Claude Code',
    read: (path) => ({ tool: /^Read$/, input: { file_path: inWorkspace(path) } }),
    edit: (path, before, after) => ({
      tool: /^Edit$/,
      input: { file_path: inWorkspace(path), old_string: before, new_string: after },
    }),
    write: (path, content) => ({
      tool: /^Write$/,
      input: { file_path: inWorkspace(path), content },
    }),
  },
  {
    name: 'opencode',
    kind: 'openai',
    args: ['run', task],
    env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(openCode), OPENCODE_DISABLE_MODELS_FETCH: '1' },
    shell: /^bash$/,
    shellInput: (command) => ({ command, description: 'runs it' }),
    chapter: 'OpenCode',
    read: (path) => ({ tool: /^read$/, input: { filePath: inWorkspace(path) } }),
    edit: (path, oldString, newString) => ({
      tool: /^edit$/,
      input: { filePath: inWorkspace(path), oldString, newString },
    }),
    write: (path, content) => ({
      tool: /^write$/,
      input: { filePath: inWorkspace(path), content },
    }),
  },
];

/**
 * Installs a program once, outside of the project: together the programs have more than 1 GB.
 * Answers with the folder, whose `bin` has the program.
 * @param line the line to type, which installs into ~/agents
 */
export function installOnce(name: string, line: string): string {
  const folder = fileURLToPath(new URL(`../../.cache/clients/${name}`, import.meta.url));
  const installed = join(folder, 'installed');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === line) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'lib'), { recursive: true });
  const typed = `${line.replaceAll('~/agents', folder)} --no-audit --no-fund --loglevel=error`;
  execFileSync('sh', ['-c', `umask 022; ${typed}`], { stdio: 'inherit' });
  writeFileSync(installed, line);
  return folder;
}

/** The line of docs/coding-agent.md that installs a client. */
export function installLineOf({ chapter }: Pick<Client, 'chapter'>): string {
  return linesOf(chapter).find((line) => line.startsWith('npm install ')) ?? '';
}
