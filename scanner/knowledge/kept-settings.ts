/**
 * Commands whose effect stays with the user: another index of packages, a check of certificates
 * that is off, a key that opens an account.
 */
import type { Trait } from '../fact/fact.ts';
import type { TellingCommand } from './windows-commands.ts';

const row = (trait: Trait, programs: string, form: RegExp, says: string): TellingCommand => ({
  programs: programs.split(' '),
  form,
  trait,
  says,
});

/** Sources: each program's manual. A scope (`@acme:registry`) is no index for all packages. */
export const keptSettings: readonly TellingCommand[] = [
  row(
    'kept-index',
    'npm pnpm yarn',
    /(?:^| )(?:config )?set (?:-\S+ )*(?:registry|npmRegistryServer)[ =]["']?(https?:[^\s"']+)/,
    'takes packages from $1',
  ),
  row(
    'kept-index',
    'pip pip3',
    /^config (?:-\S+ )*set (?:-\S+ )*(?:global|install|user|site)\.(?:extra-)?index-url (https?:\S+)/,
    'takes packages from $1',
  ),
  row('kept-index', 'gem', /^sources? .*(?:-a|--add) (https?:\S+)/, 'takes packages from $1'),
  row(
    'kept-index',
    'bundle bundler',
    /^config (?:set )?(?:-\S+ )*mirror\.\S+ (https?:\S+)/,
    'takes packages from $1',
  ),
  row('kept-index', 'go', /^env -w .*\bGOPROXY=["']?(https?:[^\s"',|]+)/, 'takes packages from $1'),
  row(
    'kept-index',
    'conda mamba micromamba',
    /^config .*(?:--(?:add|prepend|append|set) )?(?:channels|default_channels|channel_alias) (https?:\S+)/,
    'takes packages from $1',
  ),
  row(
    'tls-off',
    'npm pnpm yarn',
    /(?:^| )(?:config )?set (?:-\S+ )*(?:strict-ssl|enableStrictSsl)[ =]["']?false/,
    'for good',
  ),
  row(
    'tls-off',
    'git',
    /^config (?:-\S+ )*(?:set )?(?:-\S+ )*http\.(?:\S+\.)?sslVerify[ =]["']?(?:false|0|no)\b/i,
    'for good',
  ),
  row('tls-off', 'conda mamba', /^config .*ssl_verify[ =]["']?(?:false|no)\b/i, 'for good'),
  row('tls-off', 'pip pip3', /^config (?:-\S+ )*set (?:-\S+ )*\w+\.trusted-host \S/, 'for good'),
  // The last words are the key's file.
  row(
    'key-admitted',
    'gh',
    /^(?:ssh-key|repo deploy-key|gpg-key) add (?:(?:-\S+|-[tR] \S+) )*([^\s-]\S*)/,
    'gives access to whoever has the key $1',
  ),
  row(
    'key-admitted',
    'glab',
    /^(?:ssh-key|deploy-key) add (?:-\S+ )*([^\s-]\S*)/,
    'gives access to whoever has the key $1',
  ),
  row(
    'key-admitted',
    'ssh-copy-id',
    /(?:^| )-i ?([^\s-]\S*)/,
    'gives access to whoever has the key $1',
  ),
  row(
    'key-admitted',
    'aws doctl hcloud gcloud az',
    /(?:^| )--(?:public-key-material|public-key-file|public-key-from-file|key-file|ssh-key-file|public-key|ssh-key-values?)[ =](?:(?:fileb?):\/\/)?@?([^\s-]\S*)/,
    'gives access to whoever has the key $1',
  ),
];
