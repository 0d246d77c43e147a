/** The commands of agents: what they run, and who they are. */
import { many, type WrittenRow } from '../written-row.ts';
import { agentIdentityRows } from './agent-identity-rows.ts';
import { agentSessionRows } from './agent-session-rows.ts';
import { mountOption } from './draft-rows.ts';

export const agentOption = { '--agent NAME': 'agent identity' };

export const agentRows: readonly WrittenRow[] = [
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
      '--plan': 'print the plan and stop',
      '--stdin': 'pass standard input to the command (default: no input)',
      ...agentOption,
      ...mountOption,
      '--why TEXT': 'reason for the run, recorded in the audit log',
      '--accept':
        'apply the changes that the run makes in its views of folders, without showing them',
      '--unsafe-no-sandbox':
        'run the skill on this host without a sandbox: nothing enforces the plan',
    },
    args: [1, many],
    verbatimAfter: 2,
    load: () => import('../../run/run.ts'),
  },
  {
    name: 'mcp',
    summary: 'serve approved skills to an agent over MCP, on stdin and stdout',
    usage: '--agent NAME',
    examples: [
      [
        'skillgate mcp --agent reporter',
        'write this command into the MCP settings of the agent’s program',
      ],
    ],
    options: {
      ...agentOption,
    },
    load: () => import('../../mcp/mcp.ts'),
  },
  ...agentIdentityRows,
  ...agentSessionRows,
];
