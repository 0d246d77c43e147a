/** The commands about agents' sessions: what an agent starts, did and keeps. */
import { many, type WrittenRow } from '../written-row.ts';

export const agentSessionRows: readonly WrittenRow[] = [
  {
    name: 'agent run',
    summary:
      'start an agent’s own program in a sandbox with its workspace, memory, model and skills',
    usage: 'NAME -- COMMAND [ARGS…]',
    examples: [
      [
        'skillgate agent run finance -- codex exec "write the report"',
        'start a program of the system, or one that host policy names',
      ],
      [
        'skillgate agent run --plan finance -- codex',
        'show what the session would get, without starting it',
      ],
      ['skillgate agent run -t finance -- bash', 'a program with a screen of its own'],
    ],
    options: {
      '--plan': 'print the plan and stop',
      '-t, --terminal':
        'connect the program with your terminal; Ctrl-] three times ends the session',
      '--model NAME': 'model endpoint for this session: a name under models in host policy',
      '--accept':
        'apply the changes that the session makes in its view of the workspace, without showing them',
    },
    args: [2, many],
    load: () => import('../../agents/agent-run.ts'),
  },
  {
    name: 'agent log',
    summary: 'show what an agent did, and whether the audit log is intact',
    usage: 'NAME',
    examples: [['skillgate agent log reporter', 'show each run, request and denial of the agent']],
    args: 1,
    load: () => import('../../agents/agent.ts'),
  },
  {
    name: 'agent cache',
    summary: 'list or delete the build products that agents keep from session to session',
    usage: 'list [NAME] | clear NAME [--workspace NAME]',
    examples: [
      ['skillgate agent cache list coder', 'such as node_modules, each with its size'],
      ['skillgate agent cache clear coder', 'its next session begins without them'],
    ],
    options: {
      '--workspace NAME': 'with clear: only what is kept for this workspace of host policy',
    },
    args: [1, 2],
    load: () => import('../../agents/agent-cache.ts'),
  },
];
