/** Secrets: values that the egress proxy adds to requests to the hosts they are bound to, and that no sandbox sees. */
import * as v from 'valibot';
import { isHostName } from '../skills-index/skill/host-name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { exactObject } from '../skills-index/skill/shape.ts';
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
export function storeSecret(file: string, { name, hosts, agent, value: bytes, now }: NewSecret): SecretEntry {
  const value = Buffer.from(bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  const why = whyNotValue(value) ?? whyNotBound(name, hosts);
  if (why !== undefined) throw refused(name, why);
  const bound = [...new Set(hosts)].sort();
  const entry: SecretEntry = { name, hosts: bound, ...(agent === undefined ? {} : { agent }), stored: now.toISOString() };
  change(file, (stored) => [...stored.filter((old) => !isSame(old, name, agent)), { ...entry, value }]);
  return entry;
}

/** All secrets, without their values. */
export function listSecrets(file: string): SecretEntry[] {
  return readStored(file).map(withoutValue);
}

/** @throws Problem `secret-refused` when there is none of this name */
export function removeSecret(file: string, name: string, agent?: string): void {
  change(file, (stored) => {
    if (!stored.some((old) => isSame(old, name, agent))) throw refused(name, 'there is no such secret here');
    return stored.filter((old) => !isSame(old, name, agent));
  });
}

/** The values that a run may use by name: one bound to its agent goes before one for all. */
export function openSecrets(file: string, agent: string | undefined): ReadonlyMap<string, SecretValue> {
  const stored = readStored(file);
  const ordered = [...stored.filter((one) => one.agent === undefined), ...stored.filter((one) => one.agent !== undefined)];
  const usable = ordered.filter((one) => one.agent === undefined || one.agent === agent);
  return new Map(usable.map((one) => [one.name, { entry: withoutValue(one), reveal: () => one.value }]));
}

type StoredSecret = SecretEntry & { readonly value: string };

const text = v.string();
const secretShape = exactObject({ name: text, hosts: v.array(text), agent: v.exactOptional(text), stored: text, value: text });
const storedShape = exactObject({ schema: v.literal('skillgate.secrets/1'), secrets: v.array(secretShape) });

function change(file: string, act: (stored: StoredSecret[]) => StoredSecret[]): void {
  withLock(`${file}.lock`, () => {
    const secrets = act(readStored(file));
    writePrivateFile(file, `${JSON.stringify({ schema: 'skillgate.secrets/1', secrets }, null, 2)}\n`);
  });
}

// What a parser's message quotes could be a part of a secret, so none is handed on.
function readStored(file: string): StoredSecret[] {
  const bytes = readPrivateFile(file, { bytesMax: policyBytesMax, secret: true, code: 'key-file-invalid' });
  if (bytes === undefined) return [];
  try {
    return v.parse(storedShape, JSON.parse(Buffer.from(bytes).toString('utf8'))).secrets;
  } catch {
    throw new Problem('key-file-invalid', `Cannot read ${file}: it is not of form skillgate.secrets/1`);
  }
}

function whyNotValue(value: string): string | undefined {
  if (value.length < secretBytesMin) return `its value has less than ${secretBytesMin} characters`;
  if (value.length > secretBytesMax) return `its value has more than ${secretBytesMax} characters`;
  return /^[\x21-\x7e]+( +[\x21-\x7e]+)*$/.test(value) ? undefined : 'its value is not one line of printable ASCII';
}

function whyNotBound(name: string, hosts: readonly string[]): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'its name has letters, digits and _';
  if (hosts.length === 0) return 'it is bound to no host';
  const wrong = hosts.find((host) => !isHostName(host));
  return wrong === undefined ? undefined : `${JSON.stringify(wrong)} is no host name`;
}

function isSame(old: SecretEntry, name: string, agent: string | undefined): boolean {
  return old.name === name && old.agent === agent;
}

function withoutValue({ value: _, ...entry }: StoredSecret): SecretEntry {
  return entry;
}

function refused(name: string, why: string): Problem {
  return new Problem('secret-refused', `Cannot use secret ${JSON.stringify(name)}: ${why}`);
}
