/** The commands about agents' identities: what an agent may use. */
import { many, type WrittenRow } from '../written-row.ts';

// What an identity has besides its grants.
const ofIdentity = {
  '--env NAME=VALUE...': 'value of an env capability',
  '--budget KIND=N,…': 'daily limits (UTC) on requests, bytes, seconds, runs or paths',
  '--workspace NAME[:MODE]':
    'workspace of host policy that the agent’s own program works in; MODE is cow, ro or rw',
  '--model NAME': 'model endpoint of the agent: a name under models in host policy',
  '--egress URL...':
    'requests that the agent’s own program may send, with a * at the end for every path below',
  '--method METHOD...': 'HTTP method of --egress (default: GET and HEAD)',
  '--hold': 'each request of --egress waits for a person',
  '--git-secret NAME': 'secret that git sends to the host of --egress as a credential',
  '--index npm,python':
    'package indexes of host policy that the agent’s own program may fetch from',
  '--git-name AUTHOR': 'author of the agent’s commits: NAME <EMAIL> (default: “AGENT (agent)”)',
};

export const agentIdentityRows: readonly WrittenRow[] = [
  {
    name: 'agent create',
    summary: 'create an identity for an agent',
    usage: 'NAME',
    examples: [
      ['skillgate agent create reporter', 'an agent with its own key, grants and audit trail'],
      [
        'skillgate agent create finance --days 30 --workspace ledgers --budget requests=5000,runs=200',
        'an agent that expires in 30 days, with a workspace and a daily budget',
      ],
      [
        "skillgate agent create coder --egress 'https://docs.example/*' --git-name 'Coder <coder@acme.example>'",
        'the agent’s own program may read pages of docs.example, and commits under this name',
      ],
    ],
    options: {
      '--days N': 'days until the identity expires (default: 90)',
      ...ofIdentity,
    },
    args: 1,
    load: () => import('../../agents/agent.ts'),
  },
  {
    name: 'agent show',
    summary: 'list agent identities, or show what one agent may start, reach and use',
    usage: '[NAME]',
    examples: [
      ['skillgate agent show', 'show each agent with its key, grants and end'],
      ['skillgate agent show finance', 'show its grants, egress, workspace and budget'],
    ],
    args: [0, 1],
    load: () => import('../../agents/agent.ts'),
  },
  {
    name: 'agent grant',
    summary: 'let an agent start skills, and grant it the capabilities approved for them',
    usage:
      'NAME [@scope/name[@range]]… [--all-of @scope/name[@range]]… [--skills PATTERN --ceiling FILE]',
    examples: [
      [
        'skillgate agent grant reporter --all-of @acme/weekly-report',
        'the agent may start the skill with every capability approved for it',
      ],
      [
        "skillgate agent grant reporter '@acme/*'",
        'the agent may start every approved skill of a scope with the capabilities it already has',
      ],
      [
        "skillgate agent grant reporter --skills '@acme/*' --ceiling ceiling.json",
        'the agent may fetch and start matching skills that need no more than the ceiling',
      ],
      [
        "skillgate agent grant coder --egress 'https://git.example/acme/*' --method POST --hold --git-secret GIT_TOKEN",
        'git push to this host waits for a person; the proxy adds the token',
      ],
    ],
    options: {
      '--all-of SKILL...': 'skill that the agent may start with every capability approved for it',
      '--skills PATTERN...': 'skills that the agent may fetch and start: @scope/name or @scope/*',
      '--ceiling FILE':
        'file of capabilities, in the form of skill.json, that the agent’s runs may have at most',
      '--reinstate': 'make a revoked agent active again without asking',
      ...ofIdentity,
    },
    args: [1, many],
    load: () => import('../../agents/agent.ts'),
  },
  {
    name: 'agent revoke',
    summary: 'remove one grant, or all grants, of an agent',
    usage:
      'NAME [@scope/name] [--ceiling FILE] [--model] [--workspace] [--egress URL]… [--index npm,python]',
    examples: [
      ['skillgate agent revoke reporter', 'the agent can no longer start anything'],
      [
        'skillgate agent revoke reporter @acme/report@^1',
        'remove one grant, written as skillgate agent show shows it',
      ],
      [
        'skillgate agent revoke reporter --ceiling report/skill.json',
        'remove the capabilities of this skill.json from what the agent’s runs may have at most',
      ],
      [
        'skillgate agent revoke reporter --model',
        'remove the agent’s model endpoint; its grants stay',
      ],
    ],
    options: {
      '--ceiling FILE':
        'file of capabilities, in the form of skill.json, that the agent’s runs may no longer have',
      '--model': 'remove only the model endpoint',
      '--workspace': 'remove only the workspace; its files stay',
      '--egress URL...': 'remove only this egress, written as skillgate agent show prints it',
      '--index npm,python': 'remove only these indexes',
    },
    args: [1, 2],
    load: () => import('../../agents/agent.ts'),
  },
  {
    name: 'agent remove',
    summary:
      'delete an agent’s identity and memory and free its workspace; its audit log entries stay',
    usage: 'NAME',
    examples: [['skillgate agent remove reporter', 'list what would be deleted, and ask']],
    options: { '--yes': 'do not ask' },
    args: 1,
    load: () => import('../../agents/agent.ts'),
  },
];
