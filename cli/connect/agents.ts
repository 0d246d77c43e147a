/** The programs of agents that `connect` knows: where each is configured, and what goes there. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { homeOf } from '../paths.ts';
import { type ConnectWorld, fileDocument, type Target } from './document.ts';
import type { ConfigEntry, Json } from './entry.ts';

type Environment = ConnectWorld['env'];

export interface AgentRow {
  targets(world: ConnectWorld): readonly Target[] | Promise<readonly Target[]>;
  /** Lines to type, or to know, after it is connected. */
  next?(world: ConnectWorld): readonly string[];
  /** Where it takes skills without asking Skillgate. */
  readonly gap: string;
}

// The program starts others with few variables; these say where Skillgate keeps its files.
const kept = [
  'SKILLGATE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_CACHE_HOME',
  'NODE_EXTRA_CA_CERTS',
];

function envOf(env: Environment): Record<string, string> {
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = env[name];
      return value !== undefined && isAbsolute(value) ? [[name, value]] : [];
    }),
  );
}

/** `skillgate mcp` as most programs configure a server. */
function serverOf({ program: [command, ...args], env, identity }: ConnectWorld) {
  const variables = envOf(env);
  return {
    command,
    args: [...args, 'mcp', '--agent', identity],
    ...(Object.keys(variables).length > 0 && { env: variables }),
  };
}

function json(path: string, ...entries: readonly ConfigEntry[]): Target {
  return { document: fileDocument(path), format: 'jsonc', entries };
}

/** The absolute folder that a variable names, else a folder below the home folder. */
function folderOf(env: Environment, name: string, ...byDefault: readonly string[]): string {
  const value = env[name];
  return value !== undefined && isAbsolute(value) ? value : join(homeOf(env), ...byDefault);
}

/** A hook of Claude Code. It goes on after most failures of a hook, but not after exit code 2. */
function claudeHook({ program, env }: ConnectWorld, more: Readonly<Record<string, Json>>): Json {
  const variables = Object.entries(envOf(env)).map(
    ([name, value]) => `${name}=${shellWord(value)}`,
  );
  const line = [...variables, ...program.map(shellWord), 'policy claude-code || exit 2'].join(' ');
  return { ...more, hooks: [{ type: 'command', command: line, timeout: 120 }] };
}

const ownFolders = (name: string): string =>
  `${name} also reads skills in its own folders, and asks nobody about them: keep only installed skills there`;

export const agents: Readonly<Record<string, AgentRow>> = {
  'claude-code': {
    targets(world) {
      const { env } = world;
      const config = folderOf(env, 'CLAUDE_CONFIG_DIR', '.claude');
      const marker = 'policy claude-code';
      const hook = (event: string, more: Readonly<Record<string, Json>>): ConfigEntry => ({
        at: ['hooks', event],
        value: claudeHook(world, more),
        marker,
      });
      return [
        json(join(folderOf(env, 'CLAUDE_CONFIG_DIR'), '.claude.json'), {
          at: ['mcpServers', 'skillgate'],
          value: { type: 'stdio', ...serverOf(world) },
        }),
        json(
          join(config, 'settings.json'),
          hook('PreToolUse', { matcher: 'Skill' }),
          hook('UserPromptExpansion', {}),
        ),
      ];
    },
    gap: 'the hook does not see a model that reads a skill’s files with another tool',
  },
  codex: {
    targets: (world) => [
      {
        document: fileDocument(join(folderOf(world.env, 'CODEX_HOME', '.codex'), 'config.toml')),
        format: 'toml',
        entries: [{ at: ['mcp_servers', 'skillgate'], value: serverOf(world) }],
      },
    ],
    gap: ownFolders('Codex'),
  },
  opencode: {
    targets(world) {
      const { env } = world;
      const folder = join(folderOf(env, 'XDG_CONFIG_HOME', '.config'), 'opencode');
      const withComments = join(folder, 'opencode.jsonc');
      const { command, args, env: environment } = serverOf(world);
      const named = env.OPENCODE_CONFIG;
      const path =
        named !== undefined && isAbsolute(named)
          ? named
          : existsSync(withComments)
            ? withComments
            : join(folder, 'opencode.json');
      return [
        json(path, {
          at: ['mcp', 'skillgate'],
          value: {
            type: 'local',
            command: [command, ...args],
            enabled: true,
            ...(environment !== undefined && { environment }),
          },
        }),
      ];
    },
    gap: ownFolders('OpenCode'),
  },
  openclaw: {
    targets(world) {
      const { env } = world;
      const home = folderOf(env, 'OPENCLAW_HOME');
      const state = folderOf({ ...env, HOME: home }, 'OPENCLAW_STATE_DIR', '.openclaw');
      const named = env.OPENCLAW_CONFIG_PATH;
      const [command, ...args] = world.program;
      const exec = {
        source: 'exec',
        command,
        args: [...args, 'policy', 'openclaw'],
        passEnv: ['HOME', 'HTTPS_PROXY', 'NO_PROXY'],
        env: envOf(env),
        timeoutMs: 120_000,
      };
      return [
        {
          document: fileDocument(
            named !== undefined && isAbsolute(named) ? named : join(state, 'openclaw.json'),
          ),
          format: 'json5',
          entries: [
            { at: ['mcp', 'servers', 'skillgate'], value: serverOf(world) },
            {
              at: ['security', 'installPolicy'],
              value: { enabled: true, targets: ['skill'], exec },
            },
          ],
        },
      ];
    },
    next: () => [
      'openclaw doctor --deep asks the gate about an empty folder, and has to say block',
    ],
    gap: 'skills that lie in its folders already were not judged',
  },
  cursor: {
    targets: (world) => [
      json(join(homeOf(world.env), '.cursor/mcp.json'), {
        at: ['mcpServers', 'skillgate'],
        value: serverOf(world),
      }),
    ],
    gap: ownFolders('Cursor'),
  },
  nanoclaw: {
    targets: async (world) => (await import('./nanoclaw.ts')).nanoclawTargets(world),
    next: ({ folder, identity }) => [
      `keep this running as the user of NanoClaw: skillgate mcp --agent ${identity} --socket ${shellWord(join(folder, 'container/skills/.skillgate.sock'))}`,
      'a group that you add later: connect again; containers that run now: restart them',
    ],
    gap: 'an agent may still write skills into its own group’s folder, and NanoClaw mounts container/skills as files',
  },
};
