/** The commands of agents: what they run, and who they are. */
import type { CommandRow } from '../../command.ts';
import { agentIdentityRows } from './agent-identity-rows.ts';
import { agentSessionRows } from './agent-session-rows.ts';
import { mountOption } from './draft-rows.ts';

export const agentOption = { type: 'string', value: 'NAME', summary: 'agent identity' } as const;

export const agentRows: readonly CommandRow[] = [
  {
    name: 'run',
    summary: 'run a skill’s command in a sandbox; put options before the command',
    usage: '@scope/name [COMMAND] [ARGS…]',
    examples: [
      [
        'skillgate run @acme/weekly-report report --month 11',
        'run the command; the arguments after it go to the skill',
      ],
      [
        'skillgate run --plan @acme/weekly-report report',
        'show what the run may do, without running it',
      ],
      [
        'skillgate run --stdin @acme/weekly-report report < figures.csv',
        'pass standard input to the command; without --stdin it gets none',
      ],
    ],
    options: {
      plan: { type: 'boolean', summary: 'print the plan and stop' },
      stdin: {
        type: 'boolean',
        summary: 'pass standard input to the command (default: no input)',
      },
      agent: agentOption,
      mount: mountOption,
      why: {
        type: 'string',
        value: 'TEXT',
        summary: 'reason for the run, recorded in the audit log',
      },
      accept: {
        type: 'boolean',
        summary:
          'apply the changes that the run makes in its views of folders, without showing them',
      },
      'unsafe-no-sandbox': {
        type: 'boolean',
        summary: 'run the skill on this host without a sandbox: nothing enforces the plan',
      },
    },
    args: { min: 1, max: Number.POSITIVE_INFINITY },
    verbatimAfter: 2,
    load: () => import('../../run/run.ts'),
  },
  {
    name: 'mcp',
    summary: 'serve approved skills to an agent over MCP, on stdin and stdout or over HTTP',
    usage: '--agent NAME [--http] [--listen HOST:PORT]',
    examples: [
      [
        'skillgate mcp --agent reporter',
        'write this command into the MCP settings of the agent’s program',
      ],
      [
        'skillgate mcp --agent reporter --http',
        'serve programs on this host that have the printed token',
      ],
    ],
    options: {
      agent: agentOption,
      http: {
        type: 'boolean',
        summary: 'serve over HTTP; the token is SKILLGATE_MCP_TOKEN, or a new one that is printed',
      },
      listen: {
        type: 'string',
        value: 'HOST:PORT',
        summary: 'loopback address for --http (default: 127.0.0.1:4882)',
      },
    },
    args: { min: 0, max: 0 },
    load: () => import('../../mcp/mcp.ts'),
  },
  ...agentIdentityRows,
  ...agentSessionRows,
];
