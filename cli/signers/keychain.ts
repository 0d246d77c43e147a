/** Private keys in the keychain of the operating system: Keychain, Credential Manager, Secret Service. Optional, and loaded when one is used. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

/** Secrets by key id. */
export interface Keychain {
  read(keyId: Digest): Promise<string | undefined>;
  write(keyId: Digest, secret: string): Promise<void>;
  remove(keyId: Digest): Promise<void>;
}

const service = 'skillgate';
/** Without a name, the package falls back to the kernel's keyring, which forgets everything when the machine is restarted. */
const store = { linux: { store: 'secret-service' } } as const;

/** The keychain of this machine. Nothing else is ever used in its place. Its methods throw Problem `keychain-missing`. */
export function osKeychain(): Keychain {
  const at = async <Result>(keyId: Digest, use: (entry: Entry) => Promise<Result>): Promise<Result> => {
    try {
      const { AsyncEntry } = await import('@napi-rs/keyring');
      return await use(new AsyncEntry(service, keyId, store));
    } catch (cause) {
      throw unreachable(cause);
    }
  };
  return {
    read: (keyId) => at(keyId, async (entry) => (await entry.getPassword()) ?? undefined),
    write: (keyId, secret) => at(keyId, (entry) => entry.setPassword(secret)),
    remove: (keyId) => at(keyId, async (entry) => void (await entry.deletePassword())),
  };
}

type Entry = InstanceType<typeof import('@napi-rs/keyring').AsyncEntry>;

function unreachable(cause: unknown): Problem {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
  const why = missing
    ? 'the optional package @napi-rs/keyring is not installed'
    : String(cause instanceof Error ? cause.message : cause);
  return new Problem('keychain-missing', `Cannot use the keychain of this machine: ${why}`, { cause });
}
