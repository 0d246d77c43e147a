/** The commands of agents: what they run, and who they are. */
import { many, type WrittenRow } from '../written-row.ts';
import { mountOption } from './author-rows.ts';

// The commands about agents' identities: what an agent may use.

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

const agentIdentityRows: readonly WrittenRow[] = [
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

// The commands about agents' sessions: what an agent starts, did and keeps.

const agentSessionRows: readonly WrittenRow[] = [
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

const agentOption = { '--agent NAME': 'agent identity' };

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
      '--socket PATH': 'serve whoever connects to this Unix socket, instead of stdin and stdout',
    },
    load: () => import('../../mcp/mcp.ts'),
  },
  {
    name: 'connect',
    summary: 'let an agent’s program get its skills through Skillgate',
    usage: 'claude-code|codex|cursor|nanoclaw|openclaw|opencode [FOLDER]',
    examples: [
      [
        'skillgate connect claude-code',
        'show what changes in the settings of Claude Code, ask, and change it',
      ],
      ['skillgate connect codex --agent coder', 'serve the skills of the agent identity coder'],
      ['skillgate connect nanoclaw ~/nanoclaw', 'connect the containers of this NanoClaw'],
    ],
    options: {
      '--agent NAME': 'agent identity (default: the name of the program)',
      '--yes': 'do not ask',
    },
    args: [1, 2],
    load: () => import('../../connect/connect.ts'),
  },
  {
    name: 'disconnect',
    summary: 'remove what skillgate connect wrote, and nothing else',
    usage: 'claude-code|codex|cursor|nanoclaw|openclaw|opencode',
    examples: [['skillgate disconnect claude-code', 'show what is removed, and ask']],
    options: { '--yes': 'do not ask' },
    args: 1,
    load: () => import('../../connect/connect.ts'),
  },
  ...agentIdentityRows,
  ...agentSessionRows,
];

// The commands about secrets: the values stay on the host.

export const secretRows: readonly WrittenRow[] = [
  {
    name: 'secret set',
    summary:
      'store a secret from a prompt or standard input, bound to the hosts that may receive it',
    usage:
      'NAME --host HOST [--method METHOD] [--agent NAME] [--keychain | --command LINE] [--renew KIND]',
    examples: [
      [
        'skillgate secret set CRM_TOKEN --host api.crm.example',
        'ask for the value without showing it',
      ],
      [
        'skillgate secret set CRM_TOKEN --host api.crm.example < token.txt',
        'read the value from a file; no sandbox ever sees the value',
      ],
      [
        'skillgate secret set CRM_TOKEN --host api.crm.example --command "pass show crm"',
        'store no value: run this program to get the value at each run',
      ],
      [
        'skillgate secret set GITHUB --host api.github.com --renew github-app < app.json',
        'each run makes tokens of its own; app.json has app_id, installation_id, private_key; may have repositories, permissions, api_url',
      ],
      [
        'skillgate secret set CRM_TOKEN --host api.crm.example --renew oauth-client < client.json',
        'token_url, client_id, client_secret; may have scope, audience, resource, token_endpoint_auth_method',
      ],
      [
        'skillgate secret set CRM_TOKEN --host api.crm.example --renew oauth-refresh < client.json',
        'the same with refresh_token, which Skillgate replaces when the service gives another; client_secret may be missing',
      ],
      [
        'skillgate secret set CRM_TOKEN --host api.crm.example --renew token-exchange < exchange.json',
        'token_url, subject_token_file (with an OIDC token that another program renews); may have what oauth-client has, subject_token_type, requested_token_type',
      ],
      [
        'skillgate secret set SHEETS --host sheets.googleapis.com --renew google-service-account < key.json',
        'the file that Google gives, with scope added',
      ],
      [
        'skillgate secret set S3 --host s3.eu-central-1.amazonaws.com --renew aws-sts < role.json',
        'access_key_id, secret_access_key, region, role_arn; may have policy, duration_seconds, external_id, session_token, token_url',
      ],
      [
        'skillgate secret set S3 --host s3.eu-central-1.amazonaws.com --renew program --command "aws configure export-credentials"',
        'ask the program again before what it printed expires: JSON as AWS, gcloud config config-helper, az account get-access-token, ExecCredential or OAuth have it',
      ],
    ],
    options: {
      '--host HOST...': 'host that may receive the secret',
      '--method METHOD...': 'HTTP method of the requests that may carry the secret (default: any)',
      '--keychain': 'keep the value in the keychain of this machine',
      '--renew KIND':
        'make tokens from the value, again before they expire: github-app, oauth-client, oauth-refresh, token-exchange, google-service-account, aws-sts, program',
      '--command LINE': 'program and arguments that print the value; no shell interprets the line',
      ...agentOption,
    },
    args: 1,
    load: () => import('../../host/secret.ts'),
  },
  {
    name: 'secret list',
    summary:
      'list secrets: names, hosts, methods, agents, sources and lives of tokens, never values',
    examples: [['skillgate secret list', 'show the secrets stored on this host']],
    load: () => import('../../host/secret.ts'),
  },
  {
    name: 'secret remove',
    summary: 'delete a secret',
    usage: 'NAME [--agent NAME]',
    examples: [
      [
        'skillgate secret remove CRM_TOKEN',
        'delete the secret; Skillgate rejects later runs that need it',
      ],
    ],
    options: { ...agentOption },
    args: 1,
    load: () => import('../../host/secret.ts'),
  },
];
