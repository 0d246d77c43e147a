/**
 * Options of commands that can sign without a key, and the command that says which CI job may
 * publish.
 */
import type { WrittenRow } from '../written-row.ts';

export const oidcOptions = {
  '--oidc': 'sign with an OIDC identity, of a CI job or a person; no key is stored',
  '--signing-config FILE':
    'signing_config.json of your Sigstore deployment (default: the one in the config folder)',
  '--identity-token FILE':
    'file with the identity token (default: SIGSTORE_ID_TOKEN, else the token of GitHub Actions, else you sign in)',
};

export const publisherRows: readonly WrittenRow[] = [
  {
    name: 'scope publishers',
    summary:
      'let only named CI jobs publish in a scope; then not even the scope’s owners may publish',
    usage: 'SCOPE --ci PROVIDER:ID --workflow FILE (--ref REF | --environment NAME)',
    examples: [
      [
        'skillgate scope publishers acme --ci github:420042 --workflow acme/skills/.github/workflows/publish.yml --environment release',
        'let only this workflow publish, in this repository (by its number) and in the environment “release”',
      ],
      [
        'skillgate scope publishers acme --ci gitlab:31337 --workflow acme/skills//.gitlab-ci.yml --ref refs/heads/main --add',
        'let a pipeline on GitLab publish as well',
      ],
      ['skillgate scope publishers acme --owners', 'let the owners publish again'],
    ],
    options: {
      '--ci PROVIDER:ID': 'github, gitlab or an issuer’s URL, and the repository’s number',
      '--workflow FILE': 'workflow file with its repository, or its URL; without @ref',
      '--ref REF': 'full ref that the job runs on: refs/heads/main',
      '--environment NAME': 'deployment environment that the job runs in',
      '--add': 'keep the publishers that are already set',
      '--owners': 'lift the restriction: owners publish again',
      '--key NAME': 'owner key to sign with',
      ...oidcOptions,
      '--yes': 'do not ask; required without a terminal if the scope has other owners',
    },
    args: 1,
    load: () => import('../../members-and-scopes/scope.ts'),
  },
];
