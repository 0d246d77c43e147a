/** The commands for everyone. */
import type { CommandRow } from '../../command.ts';

export const everyoneRows: readonly CommandRow[] = [
  {
    name: 'explain',
    summary: 'explain a scanner rule or an error code',
    usage: 'RULE-OR-CODE',
    examples: [
      [
        'skillgate explain flow/secret-to-network',
        'show what the rule looks for, why, and how to fix a finding',
      ],
      ['skillgate explain version-exists', 'show what the error means and what to do'],
    ],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../explain.ts'),
  },
  {
    name: 'demo',
    summary: 'show every step on this machine: publish, scan, review, approve, install, run',
    usage: '[--keep] [--verbose]',
    examples: [
      [
        'skillgate demo',
        'run the demo; it takes about a minute and uses only this machine’s loopback network',
      ],
    ],
    options: {
      keep: { type: 'boolean', summary: 'leave the registry and the desk running' },
      verbose: { type: 'boolean', summary: 'show every command with all of its output' },
    },
    args: { min: 0, max: 0 },
    load: () => import('../../demo/demo.ts'),
  },
  {
    name: 'sigstore verify-bundle',
    summary: 'verify the signature of a file with any Sigstore bundle',
    usage:
      '--bundle FILE (--certificate-identity IDENTITY --certificate-oidc-issuer URL | --key FILE) FILE-OR-DIGEST',
    examples: [
      [
        'skillgate sigstore verify-bundle --bundle a.sigstore.json --certificate-identity ada@people.example --certificate-oidc-issuer https://accounts.example --trusted-root trusted_root.json a.tar',
        'check that exactly this person signed a.tar',
      ],
      [
        'skillgate sigstore verify-bundle --bundle a.sigstore.json --key cosign.pub --trusted-root trusted_root.json a.tar',
        'check that this key (PEM) signed a.tar, and that the log in the trusted root has the signature',
      ],
    ],
    options: {
      bundle: { type: 'string', value: 'FILE', summary: 'the Sigstore bundle, v0.1 to v0.3' },
      'certificate-identity': {
        type: 'string',
        value: 'IDENTITY',
        summary: 'the one name in the certificate, compared exactly',
      },
      'certificate-oidc-issuer': {
        type: 'string',
        value: 'URL',
        summary: 'OIDC issuer that vouched for the name, compared exactly',
      },
      key: {
        type: 'string',
        value: 'FILE',
        summary: 'a P-256 public key in PEM, instead of an identity',
      },
      'trusted-root': {
        type: 'string',
        value: 'FILE',
        summary:
          'trusted_root.json (default: sigstore/production.json in the configuration folder)',
      },
      staging: {
        type: 'boolean',
        summary: 'use sigstore/staging.json if --trusted-root is absent',
      },
    },
    args: { min: 1, max: 1 },
    load: () => import('../../verify/sigstore.ts'),
  },
  {
    name: 'shell-init',
    summary:
      'print shell code that makes `skill` short for `skillgate`, ahead of other programs named skill',
    usage: 'bash|zsh|fish',
    examples: [
      [
        'eval "$(skillgate shell-init bash)"',
        'write this line into ~/.bashrc; for zsh, write it with zsh into ~/.zshrc',
      ],
      ['skillgate shell-init fish | source', 'write this line into ~/.config/fish/config.fish'],
    ],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../shell-init.ts'),
  },
  {
    name: 'help',
    summary: 'show how to begin, list the commands, or describe one',
    usage: '[--all] [COMMAND]',
    examples: [
      ['skillgate help', 'show five ways to begin'],
      ['skillgate help --all', 'list all commands and the exit codes'],
      ['skillgate help review approve', 'describe one command'],
    ],
    options: { all: { type: 'boolean', summary: 'list all commands' } },
    args: { min: 0, max: 3 },
    load: () => import('../help.ts'),
  },
];
