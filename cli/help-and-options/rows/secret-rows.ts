/** The commands about secrets: the values stay on the host. */
import type { WrittenRow } from '../written-row.ts';
import { agentOption } from './agent-rows.ts';

export const secretRows: readonly WrittenRow[] = [
  {
    name: 'secret set',
    summary:
      'store a secret from a prompt or standard input, bound to the hosts that may receive it',
    usage: 'NAME --host HOST [--method METHOD] [--agent NAME] [--keychain | --command LINE]',
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
    ],
    options: {
      '--host HOST...': 'host that may receive the secret',
      '--method METHOD...': 'HTTP method of the requests that may carry the secret (default: any)',
      '--keychain': 'keep the value in the keychain of this machine',
      '--command LINE': 'program and arguments that print the value; no shell interprets the line',
      ...agentOption,
    },
    args: 1,
    load: () => import('../../host/secret.ts'),
  },
  {
    name: 'secret list',
    summary: 'list secrets: names, hosts, methods, agents and sources, never values',
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
