/** How secrets are stored and removed: the operator's hands on the file that runner/secrets.ts reads. */
import { withLock } from '../runner/lock.ts';
import { writePrivateFile } from '../runner/private-file.ts';
import { readStoredSecrets, type SecretEntry, type StoredSecret } from '../runner/secrets.ts';
import { isHostName } from '../skills-index/skill/host-name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { secretBytesMax, secretBytesMin } from './limits.ts';

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
  const wrongValue = whyNotValue(value);
  if (wrongValue !== undefined)
    throw refused(name, wrongValue, 'Check what stands in the file or was typed: the value alone, on one line.');
  const wrongBinding = whyNotBound(name, hosts);
  if (wrongBinding !== undefined) throw refused(name, wrongBinding, `skill secret set NAME --host api.example.com < FILE`);
  const bound = [...new Set(hosts)].sort();
  const entry: SecretEntry = { name, hosts: bound, ...(agent === undefined ? {} : { agent }), stored: now.toISOString() };
  change(file, (stored) => [...stored.filter((old) => !isSame(old, name, agent)), { ...entry, value }]);
  return entry;
}

/** All secrets, without their values. */
export function listSecrets(file: string): SecretEntry[] {
  return readStoredSecrets(file).map(withoutValue);
}

/** @throws Problem `secret-refused` when there is none of this name */
export function removeSecret(file: string, name: string, agent?: string): void {
  change(file, (stored) => {
    if (!stored.some((old) => isSame(old, name, agent))) throw refused(name, 'there is no such secret here', 'skill secret list');
    return stored.filter((old) => !isSame(old, name, agent));
  });
}

function change(file: string, act: (stored: readonly StoredSecret[]) => StoredSecret[]): void {
  withLock(`${file}.lock`, () => {
    const secrets = act(readStoredSecrets(file));
    writePrivateFile(file, `${JSON.stringify({ schema: 'skillgate.secrets/1', secrets }, null, 2)}\n`);
  });
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

function refused(name: string, why: string, hint: string): Problem {
  return new Problem('secret-refused', `Cannot use secret ${JSON.stringify(name)}: ${why}`, { hint });
}
