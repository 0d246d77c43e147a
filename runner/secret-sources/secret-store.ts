/** Opens the secrets of a run: lists them now, and reads their values when a plan needs them. */

import { spawn } from 'node:child_process';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { isHostName } from '../../skills-index/network/host-name.ts';
import { emptyHostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { SecretEntry } from '../../skills-index/run/plan/plan-input.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject } from '../../skills-index/skill/shape.ts';
import type { RevealedSecret, Secrets } from '../egress/secrets.ts';
import { requireInTime, tryLock, unlock, withLock } from '../files/lock.ts';
import { programOnPath } from '../files/path-programs.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';
import { type Keychain, osKeychain } from './keychain.ts';
import type { MintWay } from './mint.ts';
import { parseSecretValue, refused } from './secret-value.ts';

/** Bytes read for one secret; the store itself takes fewer. */
export const secretInputBytesMax = 64 * 1024;
const keychainMillisMax = 30_000;
const secretsFileBytesMax = 256 * 1024;

/** Milliseconds that a command may take to print a secret. */
const secretCommandMillisMax = 5_000;
const lockPollMillis = 50;

interface SecretWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paths: { readonly config: string };
}

export function secretsFileOf({ paths }: Pick<SecretWorld, 'paths'>): string {
  return join(paths.config, 'secrets.json');
}

/**
 * The secrets that runs of this agent may use. A secret of the agent takes precedence over a shared
 * secret of the same name.
 * @param way to the token endpoints of secrets that renew
 * @throws Problem `key-file-invalid`
 */
export function openSecrets(
  world: SecretWorld,
  agent: string | undefined,
  way: MintWay = { policy: emptyHostPolicy },
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
  const reveal = async (name: string): Promise<RevealedSecret> => {
    const secret = usable.get(name);
    if (secret === undefined)
      throw new Problem(
        'secret-refused',
        `Cannot use secret ${JSON.stringify(name)}: this run has no secret of that name`,
      );
    return secret.renew === undefined
      ? { value: await revealSecret(secret, world, keychain) }
      : await renewSecret(secret, world, way, keychain);
  };
  return { entries: [...usable.values()].map(entryOf), reveal };
}

/** Makes a token from the credential as it is stored now. */
async function renewSecret(
  before: StoredSecret,
  world: SecretWorld,
  way: MintWay,
  keychain: () => Keychain,
): Promise<RevealedSecret> {
  const { agent, name, renew = '' } = before;
  const { mint } = await import('./mint.ts');
  const file = secretsFileOf(world);
  const mintNow = async (): Promise<RevealedSecret> => {
    const secret = readStoredSecrets(file).find((one) => isSame(one, name, agent));
    // The run was planned with other hosts, and a new value must not reach them.
    if (secret === undefined || boundOf(secret) !== boundOf(before))
      throw refused(name, 'it was stored anew since the run began', 'Start the run again.');
    const credential = await revealSecret(secret, world, keychain);
    const { next, ...token } = await mint(name, renew, credential, way);
    if (next !== undefined && 'keychain' in secret) await keychain().write(secret.keychain, next);
    else if (next !== undefined)
      change(file, (stored) =>
        stored.map((one) =>
          'value' in one && isSame(one, name, agent) && one.value === credential
            ? { ...one, value: next }
            : one,
        ),
      );
    return token;
  };
  if (renew !== 'oauth-refresh') return await mintNow();
  // A refresh token that is used twice ends all tokens of its client.
  const lock = `${file}.${name}.lock`;
  const began = performance.now();
  while (!tryLock(lock)) {
    requireInTime(began, lock);
    await sleep(lockPollMillis);
  }
  try {
    return await mintNow();
  } finally {
    unlock(lock);
  }
}

function boundOf({ hosts, methods, renew }: StoredSecret): string {
  return JSON.stringify([hosts, methods, renew]);
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
  if ('command' in secret) {
    const printed = await runSecretCommand(secret.name, secret.command, env);
    return secret.renew === undefined ? parseSecretValue(secret.name, printed) : printed.toString();
  }
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

// Stores, lists and removes secrets in `secrets.json`, for the operator. An entry holds the value,
// or names the keychain account or command that gives it.

/** The value itself, the keychain account that holds it, or the command that prints it. */
export type SecretOrigin =
  | { readonly value: string }
  | { readonly keychain: string }
  | { readonly command: readonly string[] };

/** A secret as the file stores it. */
type StoredSecret = Omit<SecretEntry, 'source'> & SecretOrigin;

/** A new value as bytes; one newline at the end is removed. */
type NewOrigin = { readonly value: Uint8Array } | Exclude<SecretOrigin, { readonly value: string }>;

type NewSecret = Omit<SecretEntry, 'source' | 'stored'> & {
  readonly now: Date;
} & NewOrigin;

/**
 * Stores a secret in a file (0600), and replaces the secret of the same name and agent.
 * @param file `$CONFIG/secrets.json`
 * @throws Problem `secret-refused` for a value that is too short, too long or invalid in a header
 */
export function storeSecret(
  file: string,
  { name, hosts, methods, agent, renew, seconds, now, ...from }: NewSecret,
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
    ...(renew === undefined ? {} : { renew }),
    ...(seconds === undefined ? {} : { seconds }),
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

/** A stored secret without its value. */
function entryOf(secret: StoredSecret): SecretEntry {
  const { stored, ...bound } = v.parse(v.object(boundEntries), secret);
  const source = 'value' in secret ? 'file' : 'keychain' in secret ? 'keychain' : 'command';
  return { ...bound, source, stored };
}

const text = v.string();
const boundEntries = {
  name: text,
  hosts: v.array(text),
  methods: v.exactOptional(v.array(text)),
  agent: v.exactOptional(text),
  renew: v.exactOptional(text),
  seconds: v.exactOptional(v.number()),
  stored: text,
};
const secretShape = v.union([
  exactObject({ ...boundEntries, value: text }),
  exactObject({ ...boundEntries, keychain: text }),
  exactObject({ ...boundEntries, command: v.array(text) }),
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
function readStoredSecrets(file: string): readonly StoredSecret[] {
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

// Reads a secret from the output of a program that the operator names, such as `pass show crm`. No
// shell runs it, its environment is minimal, and its time is limited.

/**
 * Parses a command line into program and arguments. The program is found now, so a later change of
 * PATH cannot replace it.
 * @throws Problem `secret-refused` for shell syntax, and for a program that does not exist
 */
export function parseSecretCommand(name: string, line: string, path: string | undefined): string[] {
  const refused = (why: string): Problem =>
    new Problem('secret-refused', `Cannot use secret ${JSON.stringify(name)}: ${why}`, {
      hint: 'Name a program and its arguments, with spaces between them. Put anything else into a script.',
    });
  const [program = '', ...args] = line.split(' ').filter((word) => word !== '');
  if (!/^[\x20-\x7e]*$/.test(line) || /["'`$|&;<>(){}[\]*?~#\\!]/.test(line))
    throw refused('its command has characters that only a shell understands, and no shell runs it');
  const found = isAbsolute(program) ? program : programOnPath(program, path);
  if (found === undefined) throw refused(`there is no program ${JSON.stringify(program)}`);
  return [found, ...args];
}

/**
 * Runs the program and returns its output. The program has no terminal and no input, so it cannot
 * prompt. At the time limit it is killed with its children.
 * @throws Problem `secret-refused`, without any of the output
 */
export async function runSecretCommand(
  name: string,
  [program = '', ...args]: readonly string[],
  { PATH = '', HOME = '' }: Readonly<Record<string, string | undefined>>,
  milliseconds = secretCommandMillisMax,
): Promise<Buffer> {
  const child = spawn(program, args, {
    env: { PATH, HOME },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const parts: Buffer[] = [];
  let size = 0;
  const why = await new Promise<string | undefined>((resolve) => {
    const stop = (reason: string): void => {
      resolve(reason);
      endAll(child.pid);
    };
    const timer = setTimeout(
      () => stop(`did not end within ${milliseconds / 1_000} s`),
      milliseconds,
    );
    child.stdout.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size > secretInputBytesMax) stop(`printed more than ${secretInputBytesMax} bytes`);
    });
    child.on('error', () => resolve('could not be started'));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`);
    });
  });
  if (why === undefined) return Buffer.concat(parts);
  child.stdout.destroy();
  throw new Problem(
    'secret-refused',
    `Cannot use secret ${JSON.stringify(name)}: its command ${program} ${why}`,
    {
      hint: `Run the command by hand to see why; then skillgate secret set ${name} --host HOST --command "${[program, ...args].join(' ')}"`,
    },
  );
}

// The child leads a process group of its own; kill the group.
function endAll(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The process ended by itself meanwhile.
  }
}
