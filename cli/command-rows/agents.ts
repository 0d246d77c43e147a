/** The commands of agents and of those who answer for them. */
import type { CommandRow } from '../command.ts';

const agent = { type: 'string', value: 'NAME', summary: 'agent identity' } as const;

export const agentRows: readonly CommandRow[] = [
  {
    name: 'run',
    summary: 'run a skill’s command in a sandbox; options stand before the command',
    usage: '@scope/name [COMMAND] [ARGS…]',
    examples: [
      ['skill run @acme/weekly-report report --month 11', 'run it; what follows the command goes to the skill'],
      ['skill run --plan @acme/weekly-report report', 'show what it may do, and run nothing'],
    ],
    options: {
      plan: { type: 'boolean', summary: 'print the plan and stop' },
      agent,
    },
    args: { min: 1, max: Number.POSITIVE_INFINITY },
    verbatimAfter: 2,
    load: () => import('../commands/run.ts'),
  },
  {
    name: 'mcp',
    summary: 'serve approved skills to an agent over MCP on stdin and stdout',
    usage: '[--agent NAME]',
    examples: [['skill mcp --agent reporter', 'for the agent’s MCP settings']],
    options: { agent },
    args: { min: 0, max: 0 },
    load: () => import('../commands/mcp.ts'),
  },
  {
    name: 'agent create',
    summary: 'make an identity for an agent',
    usage: 'NAME',
    examples: [['skill agent create reporter', 'with its own key, grants and audit trail']],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../commands/agent.ts'),
  },
  {
    name: 'agent list',
    summary: 'list agent identities',
    usage: '',
    examples: [['skill agent list', 'names and grants']],
    options: {},
    args: { min: 0, max: 0 },
    load: () => import('../commands/agent.ts'),
  },
  {
    name: 'agent grant',
    summary: 'grant a skill’s approved capabilities to an agent',
    usage: 'NAME @scope/name',
    examples: [['skill agent grant reporter @acme/weekly-report', 'show them, and grant them']],
    options: { yes: { type: 'boolean', summary: 'do not ask' } },
    args: { min: 2, max: 2 },
    load: () => import('../commands/agent.ts'),
  },
  {
    name: 'agent log',
    summary: 'what an agent did, and whether the log is whole',
    usage: 'NAME',
    examples: [['skill agent log reporter', 'each run, request and refusal']],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../commands/agent.ts'),
  },
  {
    name: 'secret set',
    summary: 'store a secret, read from standard input, for hosts that may receive it',
    usage: 'NAME --host HOST [--agent NAME]',
    examples: [['skill secret set CRM_TOKEN --host api.crm.example < token.txt', 'never visible inside a sandbox']],
    options: { host: { type: 'string', multiple: true, value: 'HOST', summary: 'host that may receive it' }, agent },
    args: { min: 1, max: 1 },
    load: () => import('../commands/secret.ts'),
  },
  {
    name: 'doctor',
    summary: 'what this host can enforce',
    usage: '',
    examples: [['skill doctor', 'each part, found or missing, and the line to type']],
    options: {},
    args: { min: 0, max: 0 },
    load: () => import('../commands/doctor.ts'),
  },
];
