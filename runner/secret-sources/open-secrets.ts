/** Opens the secrets of a run: lists them now, and reads their values when a plan needs them. */
import { join } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Secrets } from '../egress/secrets.ts';
import { runSecretCommand } from './command.ts';
import { type Keychain, osKeychain } from './keychain.ts';
import { keychainMillisMax } from './limits.ts';
import { entryOf, parseSecretValue, readStoredSecrets, type StoredSecret } from './secret-store.ts';

export interface SecretWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paths: { readonly config: string };
}

export function secretsFileOf({ paths }: Pick<SecretWorld, 'paths'>): string {
  return join(paths.config, 'secrets.json');
}

/**
 * The secrets that runs of this agent may use. A secret of the agent takes precedence over a shared
 * secret of the same name.
 * @throws Problem `key-file-invalid`
 */
export function openSecrets(
  world: SecretWorld,
  agent: string | undefined,
  keychain: () => Keychain = osKeychain,
): Secrets {
  const stored = readStoredSecrets(secretsFileOf(world));
  const own = agent === undefined ? [] : stored.filter((secret) => secret.agent === agent);
  const usable = new Map(
    [...stored.filter((secret) => secret.agent === undefined), ...own].map((secret) => [
      secret.name,
      secret,
    ]),
  );
  const reveal = async (name: string): Promise<string> => {
    const secret = usable.get(name);
    if (secret === undefined)
      throw new Problem(
        'secret-refused',
        `Cannot use secret ${JSON.stringify(name)}: this run has no secret of that name`,
      );
    return await revealSecret(secret, world, keychain);
  };
  return { entries: [...usable.values()].map(entryOf), reveal };
}

/**
 * Reads the value of a secret from its source.
 * @throws Problem `secret-refused`, `keychain-missing`
 */
export async function revealSecret(
  secret: StoredSecret,
  { env }: Pick<SecretWorld, 'env'>,
  keychain: () => Keychain,
  milliseconds = keychainMillisMax,
): Promise<string> {
  if ('value' in secret) return secret.value;
  if ('command' in secret)
    return parseSecretValue(secret.name, await runSecretCommand(secret.name, secret.command, env));
  const value = await inTime(keychain().read(secret.keychain), secret.name, milliseconds);
  if (value !== undefined) return parseSecretValue(secret.name, Buffer.from(value));
  throw new Problem(
    'secret-refused',
    `Cannot use secret ${JSON.stringify(secret.name)}: the keychain no longer has its value`,
    {
      hint: `skillgate secret set ${secret.name} --host ${secret.hosts[0]} --keychain`,
    },
  );
}

// Limit the time: a keychain may ask a person who is away.
async function inTime<Result>(
  answer: Promise<Result>,
  name: string,
  milliseconds: number,
): Promise<Result> {
  const waiting = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      const seconds = milliseconds / 1_000;
      reject(
        new Problem(
          'secret-refused',
          `Cannot use secret ${JSON.stringify(name)}: the keychain did not answer within ${seconds} s`,
          {
            hint: 'Unlock the keychain, and allow this program to read from it.',
          },
        ),
      );
    }, milliseconds);
    waiting.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    waiting.abort();
  }
}
