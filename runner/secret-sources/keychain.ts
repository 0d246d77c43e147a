/**
 * Private keys and secrets in the keychain of the operating system: Keychain, Credential Manager,
 * Secret Service. The package is optional and loaded on first use.
 */
import { Problem } from '../../skills-index/skill/problem.ts';

/**
 * Reads and writes entries by account: the key id of a private key, or a generated id of a secret.
 */
export interface Keychain {
  read(account: string): Promise<string | undefined>;
  write(account: string, secret: string): Promise<void>;
  remove(account: string): Promise<void>;
}

const service = 'skillgate';
/**
 * Name the store: otherwise the package falls back to the kernel's keyring, which is empty after a
 * restart.
 */
const store = { linux: { store: 'secret-service' } } as const;

/** The keychain of this machine, with no fallback. Its methods throw Problem `keychain-missing`. */
export function osKeychain(): Keychain {
  const at = async <Result>(
    account: string,
    use: (entry: Entry) => Promise<Result>,
  ): Promise<Result> => {
    try {
      const { AsyncEntry } = await import('@napi-rs/keyring');
      return await use(new AsyncEntry(service, account, store));
    } catch (cause) {
      throw unreachable(cause);
    }
  };
  return {
    read: (account) => at(account, async (entry) => (await entry.getPassword()) ?? undefined),
    write: (account, secret) => at(account, (entry) => entry.setPassword(secret)),
    remove: (account) => at(account, async (entry) => void (await entry.deletePassword())),
  };
}

type Entry = InstanceType<typeof import('@napi-rs/keyring').AsyncEntry>;

function unreachable(cause: unknown): Problem {
  // A built program requires what a module imports, and Node has a code for each.
  const missing =
    cause instanceof Error &&
    'code' in cause &&
    /^(?:ERR_)?MODULE_NOT_FOUND$/.test(String(cause.code));
  const why = missing
    ? 'the optional package @napi-rs/keyring is not installed'
    : String(cause instanceof Error ? cause.message : cause);
  return new Problem('keychain-missing', `Cannot use the keychain of this machine: ${why}`, {
    cause,
  });
}
