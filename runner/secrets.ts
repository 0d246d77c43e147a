/** Secrets: values that the egress proxy adds to requests to the hosts they are bound to, and that no sandbox sees. */
import * as v from 'valibot';
import { isHostName } from '../skills-index/skill/host-name.ts';
import { parseJson } from '../skills-index/skill/json.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { policyBytesMax, secretBytesMax, secretBytesMin } from './limits.ts';
import { withLock } from './lock.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** What may be known of a secret: all but its value. */
export interface SecretEntry {
  readonly name: string;
  /** Exact host names. */
  readonly hosts: readonly string[];
  /** Only for runs of this agent; absent for all runs. */
  readonly agent?: string;
  readonly stored: string;
}

/** A value that does not print: only `reveal` gives it, and only the proxy calls it. */
export interface SecretValue {
  readonly entry: SecretEntry;
  reveal(): string;
}

export interface NewSecret {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly agent?: string;
  /** The value, as read from stdin; one newline at its end is not part of it. */
  readonly value: Uint8Array;
  readonly now: Date;
}

/**
 * Stores a secret in a file (0600); the same name for the same agent is replaced.
 * @param file `$CONFIG/secrets.json`
 * @throws Problem `secret-refused` for a value that is too short, too long or cannot stand in a header
 */
export function storeSecret(file: string, wanted: NewSecret): SecretEntry {
  const value = parseValue(wanted.value);
  if (!/^[A-Z_][A-Z0-9_]*$/.test(wanted.name)) throw refused(wanted.name, 'its name has capital letters, digits and _');
  if (wanted.hosts.length === 0) throw refused(wanted.name, 'it is bound to no host', 'Name where it may go: --host HOST');
  for (const host of wanted.hosts) {
    if (!isHostName(host)) throw refused(wanted.name, `${JSON.stringify(host)} is no host name`);
  }
  const entry: SecretEntry = {
    name: wanted.name,
    hosts: [...new Set(wanted.hosts)].sort(),
    ...(wanted.agent === undefined ? {} : { agent: wanted.agent }),
    stored: wanted.now.toISOString(),
  };
  change(file, (stored) => [...stored.filter((old) => !isSame(old, wanted.name, wanted.agent)), { ...entry, value }]);
  return entry;
}

/** All secrets, without their values. */
export function listSecrets(file: string): SecretEntry[] {
  return readStored(file).map(withoutValue);
}

/** @throws Problem `secret-refused` when there is none of this name */
export function removeSecret(file: string, name: string, agent?: string): void {
  change(file, (stored) => {
    const rest = stored.filter((old) => !isSame(old, name, agent));
    if (rest.length === stored.length) throw refused(name, 'there is no such secret here');
    return rest;
  });
}

/** The values that a run may use by name: one bound to its agent goes before one for all. */
export function openSecrets(file: string, agent: string | undefined): ReadonlyMap<string, SecretValue> {
  const usable = readStored(file).filter((one) => one.agent === undefined || one.agent === agent);
  const ordered = [...usable.filter((one) => one.agent === undefined), ...usable.filter((one) => one.agent !== undefined)];
  return new Map(ordered.map((one) => [one.name, { entry: withoutValue(one), reveal: () => one.value }]));
}

interface StoredSecret extends SecretEntry {
  readonly value: string;
}

const storedSchema = v.strictObject({
  schema: v.literal('skillgate.secrets/1'),
  secrets: v.array(
    v.strictObject({
      name: v.string(),
      hosts: v.array(v.string()),
      agent: v.exactOptional(v.string()),
      stored: v.string(),
      value: v.string(),
    }),
  ),
});

function change(file: string, act: (stored: StoredSecret[]) => StoredSecret[]): void {
  withLock(`${file}.lock`, () => {
    const secrets = act(readStored(file));
    writePrivateFile(file, `${JSON.stringify({ schema: 'skillgate.secrets/1', secrets }, null, 2)}\n`);
  });
}

function readStored(file: string): StoredSecret[] {
  const bytes = readPrivateFile(file, { bytesMax: policyBytesMax, secret: true, code: 'key-file-invalid' });
  if (bytes === undefined) return [];
  const checked = v.safeParse(storedSchema, parseStrictly(bytes, file));
  if (checked.success) return checked.output.secrets;
  throw new Problem('key-file-invalid', `Cannot read ${file}: it is not of form skillgate.secrets/1`);
}

// What a JSON error quotes could be a part of a secret, so its message is not handed on.
function parseStrictly(bytes: Uint8Array, file: string): unknown {
  try {
    return parseJson(bytes, file).value;
  } catch {
    throw new Problem('key-file-invalid', `Cannot read ${file}: it is not JSON`);
  }
}

function parseValue(bytes: Uint8Array): string {
  const value = Buffer.from(bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (value.length < secretBytesMin)
    throw new Problem('secret-refused', `Cannot store the secret: its value has less than ${secretBytesMin} characters`);
  if (value.length > secretBytesMax)
    throw new Problem('secret-refused', `Cannot store the secret: its value has more than ${secretBytesMax} characters`);
  if (!/^[\x21-\x7e]+( +[\x21-\x7e]+)*$/.test(value))
    throw new Problem(
      'secret-refused',
      'Cannot store the secret: its value cannot stand in a header (printable ASCII in one line)',
    );
  return value;
}

function isSame(old: SecretEntry, name: string, agent: string | undefined): boolean {
  return old.name === name && old.agent === agent;
}

function withoutValue({ value: _, ...entry }: StoredSecret): SecretEntry {
  return entry;
}

function refused(name: string, why: string, hint?: string): Problem {
  return new Problem('secret-refused', `Cannot use secret ${JSON.stringify(name)}: ${why}`, hint === undefined ? {} : { hint });
}
