/**
 * Stores, lists and removes secrets in `secrets.json`, for the operator. An entry holds the value,
 * or names the keychain account or command that gives it.
 */

import * as v from 'valibot';
import { isHostName } from '../../skills-index/network/host-name.ts';
import type { SecretEntry } from '../../skills-index/run/plan/plan-input.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject } from '../../skills-index/skill/shape.ts';
import { withLock } from '../files/lock.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';
import { secretBytesMax, secretBytesMin, secretsFileBytesMax } from './limits.ts';

/** The value itself, the keychain account that holds it, or the command that prints it. */
export type SecretOrigin =
  | { readonly value: string }
  | { readonly keychain: string }
  | { readonly command: readonly string[] };

/** A secret as the file stores it. */
export type StoredSecret = Omit<SecretEntry, 'source'> & SecretOrigin;

/** A new value as bytes; one newline at the end is removed. */
type NewOrigin = { readonly value: Uint8Array } | Exclude<SecretOrigin, { readonly value: string }>;

export type NewSecret = Pick<SecretEntry, 'name' | 'hosts' | 'methods' | 'agent'> & {
  readonly now: Date;
} & NewOrigin;

/**
 * Stores a secret in a file (0600), and replaces the secret of the same name and agent.
 * @param file `$CONFIG/secrets.json`
 * @throws Problem `secret-refused` for a value that is too short, too long or invalid in a header
 */
export function storeSecret(
  file: string,
  { name, hosts, methods, agent, now, ...from }: NewSecret,
): SecretEntry {
  const origin: SecretOrigin =
    'value' in from ? { value: parseSecretValue(name, from.value) } : from;
  const wrong = whyNotBound(name, hosts, methods ?? []);
  if (wrong !== undefined)
    throw refused(name, wrong, `skillgate secret set NAME --host api.example.com < FILE`);
  const bound = {
    name,
    hosts: [...new Set(hosts)].sort(),
    ...(methods === undefined ? {} : { methods: [...new Set(methods)].sort() }),
    ...(agent === undefined ? {} : { agent }),
  };
  const secret: StoredSecret = { ...bound, stored: now.toISOString(), ...origin };
  change(file, (stored) => [...stored.filter((old) => !isSame(old, name, agent)), secret]);
  return entryOf(secret);
}

/** All secrets, without their values. */
export function listSecrets(file: string): SecretEntry[] {
  return readStoredSecrets(file).map(entryOf);
}

/**
 * Removes a secret and returns its stored entry.
 * @throws Problem `secret-refused` when there is no such secret
 */
export function removeSecret(file: string, name: string, agent?: string): StoredSecret | undefined {
  const before = readStoredSecrets(file).find((old) => isSame(old, name, agent));
  change(file, (stored) => {
    if (!stored.some((old) => isSame(old, name, agent)))
      throw refused(name, 'this host stores no secret of that name', 'skillgate secret list');
    return stored.filter((old) => !isSame(old, name, agent));
  });
  return before;
}

/**
 * Parses a value that may be sent in a header.
 * @throws Problem `secret-refused`, without any of the value
 */
export function parseSecretValue(name: string, bytes: Uint8Array): string {
  const value = Buffer.from(bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  const wrong = whyNotValue(value);
  if (wrong === undefined) return value;
  throw refused(
    name,
    wrong,
    value.length < secretBytesMin
      ? `Give a value of at least ${secretBytesMin} characters.`
      : 'Give the value alone, on one line: in the file, at the prompt, or as the output of the command.',
  );
}

/** A stored secret without its value. */
export function entryOf(secret: StoredSecret): SecretEntry {
  const { name, hosts, methods, agent, stored } = secret;
  const bound = {
    ...(methods === undefined ? {} : { methods }),
    ...(agent === undefined ? {} : { agent }),
  };
  return {
    name,
    hosts,
    ...bound,
    source: 'value' in secret ? 'file' : 'keychain' in secret ? 'keychain' : 'command',
    stored,
  };
}

const text = v.string();
const bound = {
  name: text,
  hosts: v.array(text),
  methods: v.exactOptional(v.array(text)),
  agent: v.exactOptional(text),
  stored: text,
};
const secretShape = v.union([
  exactObject({ ...bound, value: text }),
  exactObject({ ...bound, keychain: text }),
  exactObject({ ...bound, command: v.array(text) }),
]);
const storedShape = exactObject({
  schema: v.literal('skillgate.secrets/1'),
  secrets: v.array(secretShape),
});

/**
 * Reads the stored secrets. A parser's message could quote part of a secret, so the Problem omits
 * it.
 * @param file `$CONFIG/secrets.json`
 * @throws Problem `key-file-invalid` when the file is damaged or other users may read it
 */
export function readStoredSecrets(file: string): readonly StoredSecret[] {
  const bytes = readPrivateFile(file, {
    bytesMax: secretsFileBytesMax,
    secret: true,
    code: 'key-file-invalid',
  });
  if (bytes === undefined) return [];
  try {
    return v.parse(storedShape, JSON.parse(Buffer.from(bytes).toString('utf8'))).secrets;
  } catch {
    throw new Problem(
      'key-file-invalid',
      `Cannot read ${file}: it does not have the form skillgate.secrets/1`,
    );
  }
}

function change(file: string, act: (stored: readonly StoredSecret[]) => StoredSecret[]): void {
  withLock(`${file}.lock`, () => {
    const secrets = act(readStoredSecrets(file));
    writePrivateFile(
      file,
      `${JSON.stringify({ schema: 'skillgate.secrets/1', secrets }, null, 2)}\n`,
    );
  });
}

function whyNotValue(value: string): string | undefined {
  if (value.length < secretBytesMin) return `its value has fewer than ${secretBytesMin} characters`;
  if (value.length > secretBytesMax) return `its value has more than ${secretBytesMax} characters`;
  return /^[\x21-\x7e]+( +[\x21-\x7e]+)*$/.test(value)
    ? undefined
    : 'its value is not one line of printable ASCII';
}

function whyNotBound(
  name: string,
  hosts: readonly string[],
  methods: readonly string[],
): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return 'a name has only letters, digits and _, and begins with no digit';
  if (hosts.length === 0) return 'it is bound to no host';
  const method = methods.find((word) => !/^[A-Z]{1,20}$/.test(word));
  if (method !== undefined) return `${JSON.stringify(method)} is not an HTTP method`;
  const wrong = hosts.find((host) => !isHostName(host));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong)} is not a host name`;
}

function isSame(old: StoredSecret, name: string, agent: string | undefined): boolean {
  return old.name === name && old.agent === agent;
}

function refused(name: string, why: string, hint: string): Problem {
  return new Problem('secret-refused', `Cannot use secret ${JSON.stringify(name)}: ${why}`, {
    hint,
  });
}
