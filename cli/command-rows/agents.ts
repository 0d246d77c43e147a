/** The commands of agents: what they run, who they are, what they may use. */
import type { CommandRow } from '../command.ts';

const agent = { type: 'string', value: 'NAME', summary: 'agent identity' } as const;

// What an identity has besides its grants.
const ofIdentity = {
  env: {
    type: 'string',
    multiple: true,
    value: 'NAME=VALUE',
    summary: 'value of an env capability',
  },
  budget: {
    type: 'string',
    value: 'KIND=N,…',
    summary: 'requests, bytes, seconds, runs, paths of a day (UTC)',
  },
  workspace: {
    type: 'string',
    value: 'NAME[:MODE]',
    summary: 'where its own program works: a workspace of host policy; cow, ro or rw',
  },
  model: {
    type: 'string',
    value: 'NAME',
    summary: 'its model endpoint: a name in host policy’s models',
  },
} as const;

export const agentRows: readonly CommandRow[] = [
  {
    name: 'run',
    summary: 'run a skill’s command in a sandbox; options stand before the command',
    usage: '@scope/name [COMMAND] [ARGS…]',
    examples: [
      [
        'skillgate run @acme/weekly-report report --month 11',
        'run it; what follows the command goes to the skill',
      ],
      ['skillgate run --plan @acme/weekly-report report', 'show what it may do, and run nothing'],
      [
        'skillgate run --stdin @acme/weekly-report report < figures.csv',
        'with input; without --stdin a command reads none',
      ],
    ],
    options: {
      plan: { type: 'boolean', summary: 'print the plan and stop' },
      stdin: {
        type: 'boolean',
        summary: 'give the command the standard input of this one; without, it has none',
      },
      agent,
      why: { type: 'string', value: 'TEXT', summary: 'why, for the audit log' },
      accept: {
        type: 'boolean',
        summary: 'apply what it changes in its views of folders, without showing it',
      },
      'unsafe-no-sandbox': {
        type: 'boolean',
        summary: 'run it on this host with nothing around it: the plan is not enforced',
      },
    },
    args: { min: 1, max: Number.POSITIVE_INFINITY },
    verbatimAfter: 2,
    load: () => import('../commands/run.ts'),
  },
  {
    name: 'mcp',
    summary: 'serve approved skills to an agent over MCP on stdin and stdout',
    usage: '--agent NAME',
    examples: [['skillgate mcp --agent reporter', 'for the agent’s MCP settings']],
    options: { agent },
    args: { min: 0, max: 0 },
    load: () => import('../commands/mcp.ts'),
  },
  {
    name: 'agent create',
    summary: 'make an identity for an agent',
    usage: 'NAME',
    examples: [
      ['skillgate agent create reporter', 'with its own key, grants and audit trail'],
      [
        'skillgate agent create finance --days 30 --workspace ledgers --budget requests=5000,runs=200',
        'with an end and a budget of a day',
      ],
    ],
    options: {
      days: { type: 'string', value: 'N', summary: 'how long it lasts; 90 by default' },
      ...ofIdentity,
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/agent.ts'),
  },
  {
    name: 'agent list',
    summary: 'list agent identities',
    usage: '',
    examples: [['skillgate agent list', 'names and grants']],
    options: {},
    args: { min: 0, max: 0 },
    load: () => import('../commands/agent.ts'),
  },
  {
    name: 'agent grant',
    summary: 'let an agent start skills, and give it what is approved for them',
    usage:
      'NAME [@scope/name[@range]]… [--all-of @scope/name[@range]]… [--skills PATTERN --ceiling FILE]',
    examples: [
      [
        'skillgate agent grant reporter --all-of @acme/weekly-report',
        'start it, with every capability approved for it',
      ],
      [
        'skillgate agent grant reporter @acme/*',
        'start every approved skill of a scope, with what the agent has already',
      ],
      [
        "skillgate agent grant reporter --skills '@acme/*' --ceiling ceiling.json",
        'fetch and start them when they need no more than this',
      ],
    ],
    options: {
      'all-of': {
        type: 'string',
        multiple: true,
        value: 'SKILL',
        summary: 'let it start this skill with all that is approved for it',
      },
      skills: {
        type: 'string',
        multiple: true,
        value: 'PATTERN',
        summary: 'skills that it may fetch and start: @scope/name or @scope/*',
      },
      ceiling: {
        type: 'string',
        value: 'FILE',
        summary: 'capabilities, as skill.json writes them, that its runs may have',
      },
      reinstate: {
        type: 'boolean',
        summary: 'make an agent that was revoked active again, without asking',
      },
      ...ofIdentity,
    },
    args: { min: 1, max: Number.POSITIVE_INFINITY },
    load: () => import('../commands/agent.ts'),
  },
  {
    name: 'agent revoke',
    summary: 'take a grant, or all of them, from an agent',
    usage: 'NAME [@scope/name] [--model] [--workspace]',
    examples: [
      ['skillgate agent revoke reporter', 'it can start nothing any more'],
      [
        'skillgate agent revoke reporter @acme/report@^1',
        'one grant, written as its list shows it',
      ],
      [
        'skillgate agent revoke reporter --model',
        'it has no model endpoint of its own any more; its grants stay',
      ],
    ],
    options: {
      model: { type: 'boolean', summary: 'take its model endpoint away, and nothing else' },
      workspace: {
        type: 'boolean',
        summary: 'take its workspace away, and nothing else; the files stay',
      },
    },
    args: { min: 1, max: 2 },
    load: () => import('../commands/agent.ts'),
  },
  {
    name: 'agent remove',
    summary:
      'delete an agent’s identity and memory, and free its workspace; the audit log keeps its lines',
    usage: 'NAME',
    examples: [['skillgate agent remove reporter', 'lists what is deleted, and asks']],
    options: { yes: { type: 'boolean', summary: 'do not ask' } },
    args: { min: 1, max: 1 },
    load: () => import('../commands/agent.ts'),
  },
  {
    name: 'agent run',
    summary:
      'start an agent’s own program in a sandbox with its workspace, memory, model and skills',
    usage: 'NAME -- COMMAND [ARGS…]',
    examples: [
      [
        'skillgate agent run finance -- codex exec "write the report"',
        'a program of the system, or one that host policy names',
      ],
      ['skillgate agent run --plan finance -- codex', 'show what it would get, and start nothing'],
    ],
    options: {
      plan: { type: 'boolean', summary: 'print the plan and stop' },
      model: {
        type: 'string',
        value: 'NAME',
        summary: 'a name in host policy’s models, for this session',
      },
      accept: {
        type: 'boolean',
        summary: 'apply what it changes in its view of the workspace, without showing it',
      },
    },
    args: { min: 2, max: Number.POSITIVE_INFINITY },
    load: () => import('../commands/agent-run.ts'),
  },
  {
    name: 'agent log',
    summary: 'what an agent did, and whether the log is whole',
    usage: 'NAME',
    examples: [['skillgate agent log reporter', 'each run, request and refusal']],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../commands/agent.ts'),
  },
  {
    name: 'secret set',
    summary: 'store a secret, asked for or read from standard input, for hosts that may receive it',
    usage: 'NAME --host HOST [--method METHOD] [--agent NAME] [--keychain | --command LINE]',
    examples: [
      [
        'skillgate secret set CRM_TOKEN --host api.crm.example',
        'asks for the value, and shows nothing of it',
      ],
      [
        'skillgate secret set CRM_TOKEN --host api.crm.example < token.txt',
        'never visible inside a sandbox',
      ],
      [
        'skillgate secret set CRM_TOKEN --host api.crm.example --command "pass show crm"',
        'stores no value: asks for it at each run',
      ],
    ],
    options: {
      host: { type: 'string', multiple: true, value: 'HOST', summary: 'host that may receive it' },
      method: {
        type: 'string',
        multiple: true,
        value: 'METHOD',
        summary: 'only requests with this method carry it',
      },
      keychain: { type: 'boolean', summary: 'keep the value in the keychain of this machine' },
      command: {
        type: 'string',
        value: 'LINE',
        summary: 'program and arguments that print it; no shell reads the line',
      },
      agent,
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/secret.ts'),
  },
  {
    name: 'secret list',
    summary: 'list secrets: names, hosts, methods, agents and sources, never values',
    usage: '',
    examples: [['skillgate secret list', 'what is stored']],
    options: {},
    args: { min: 0, max: 0 },
    load: () => import('../commands/secret.ts'),
  },
  {
    name: 'secret remove',
    summary: 'forget a secret',
    usage: 'NAME [--agent NAME]',
    examples: [['skillgate secret remove CRM_TOKEN', 'runs that need it are refused from now on']],
    options: { agent },
    args: { min: 1, max: 1 },
    load: () => import('../commands/secret.ts'),
  },
];
