/**
 * `skillgate secret …`: values that only the egress proxy uses, each bound to hosts. A value is
 * never an argument and never printed.
 */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import { osKeychain } from '../../runner/secret-sources/keychain.ts';
import {
  listSecrets,
  parseSecretCommand,
  removeSecret,
  runSecretCommand,
  type SecretOrigin,
  secretInputBytesMax,
  secretsFileOf,
  storeSecret,
} from '../../runner/secret-sources/secret-store.ts';
import { parseSecretValue } from '../../runner/secret-sources/secret-value.ts';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import type { SecretEntry } from '../../skills-index/run/plan/plan-input.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type CommandContext,
  type CommandTable,
  type ExitCode,
  exitCodes,
  type InStream,
  runnerOf,
} from '../command.ts';
import { askHidden, isQuietTerminal } from '../terminal/hidden-answer.ts';
import { answer, printNote, type Safe, safe, table } from '../terminal/output.ts';
import { proxyOpener } from '../upstream-proxy.ts';

const secretCommands: CommandTable = {
  'secret set': set,
  'secret list': list,
  'secret remove': remove,
};

export const run = runnerOf(secretCommands);

async function set(context: CommandContext): Promise<ExitCode> {
  const [name = ''] = context.args;
  const { host, method, agent } = context.options;
  const hosts = Array.isArray(host) ? host : [];
  if (hosts.length === 0)
    throw new Problem(
      'usage',
      `Cannot store ${name}: name at least one host that may receive the secret`,
      {
        hint: `skillgate secret set ${name} --host HOST < FILE`,
      },
    );
  const bound = {
    name,
    hosts,
    now: context.now(),
    ...(Array.isArray(method) ? { methods: method } : {}),
    ...(typeof agent === 'string' ? { agent } : {}),
  };
  const { origin, ...renews } = await originOf(context, name, hosts);
  const value = 'value' in origin ? { value: Buffer.from(origin.value) } : origin;
  const entry = storeSecret(secretsFileOf(context), { ...bound, ...renews, ...value });
  answer(context, { schema: 'skillgate.secret/1', ...entry }, () => text(entry));
  return exitCodes.ok;
}

async function list(context: CommandContext): Promise<ExitCode> {
  const storedSecrets = listSecrets(secretsFileOf(context));
  const row = (entry: SecretEntry): string[] => [
    entry.name,
    entry.hosts.join(', '),
    entry.methods?.join(', ') ?? 'any method',
    entry.agent ?? 'every run',
    entry.renew === undefined ? entry.source : `${entry.source}, ${lifeText(entry)}`,
    entry.stored,
  ];
  answer(context, { schema: 'skillgate.secrets/1', secrets: storedSecrets }, () =>
    storedSecrets.length === 0
      ? safe`This host stores no secrets. Store one: skillgate secret set NAME --host HOST`
      : table(storedSecrets.map(row)),
  );
  return exitCodes.ok;
}

async function remove(context: CommandContext): Promise<ExitCode> {
  const [name = ''] = context.args;
  const { agent } = context.options;
  const removed = removeSecret(
    secretsFileOf(context),
    name,
    typeof agent === 'string' ? agent : undefined,
  );
  if (removed !== undefined && 'keychain' in removed) await osKeychain().remove(removed.keychain);
  printNote(context, safe`deleted secret ${name}`);
  if (context.format !== 'text')
    answer(context, { schema: 'skillgate.secret-removed/1', name }, () => safe`${name}`);
  return exitCodes.ok;
}

/**
 * The origin of a secret: its value, its keychain entry, or the command that prints it. The command
 * is tried once, and so is a credential that renews.
 */
async function originOf(
  context: CommandContext,
  name: string,
  hosts: readonly string[],
): Promise<{ readonly origin: SecretOrigin } & Pick<SecretEntry, 'renew' | 'seconds'>> {
  const { command: line, keychain, renew } = context.options;
  if (typeof line === 'string' && (keychain === true || renew === 'oauth-refresh'))
    throw new Problem(
      'usage',
      keychain === true
        ? 'A secret comes from a command or from the keychain: choose one'
        : 'A refresh token may change, and no command could keep it: give it by < FILE',
    );
  if (typeof line !== 'string' && renew === 'program')
    throw new Problem('usage', '--renew program needs the --command that prints tokens');
  const command =
    typeof line === 'string' ? parseSecretCommand(name, line, context.env.PATH) : undefined;
  const given =
    command === undefined
      ? await secretValue(context, name, hosts)
      : await runSecretCommand(name, command, context.env);
  const tried =
    typeof renew === 'string' ? await tryRenewal(context, name, renew, given) : undefined;
  const value = tried?.value ?? parseSecretValue(name, given);
  const renews = tried && { renew: String(renew), seconds: tried.seconds };
  if (command !== undefined) return { origin: { command }, ...renews };
  if (keychain !== true) return { origin: { value }, ...renews };
  const account = `secret ${randomUUID()}`;
  await osKeychain().write(account, value);
  return { origin: { keychain: account }, ...renews };
}

async function tryRenewal(
  context: CommandContext,
  name: string,
  kind: string,
  given: Uint8Array,
): Promise<{ readonly value: string; readonly seconds: number }> {
  const { mint } = await import('../../runner/secret-sources/mint.ts');
  const policy = readHostPolicy(join(context.paths.config, 'host.json'));
  const way = { policy, openProxy: proxyOpener(context, policy) };
  const text = Buffer.from(given).toString();
  const { expires, next = text } = await mint(name, kind, text, way);
  const value = parseSecretValue(name, Buffer.from(JSON.stringify(JSON.parse(next))));
  return { value, seconds: Math.round((expires - Date.now()) / 1_000) };
}

function lifeText({ renew = '', seconds = 0 }: SecretEntry): string {
  return `${renew}: tokens of ${seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}`;
}

async function secretValue(
  context: CommandContext,
  name: string,
  hosts: readonly string[],
): Promise<Uint8Array> {
  if (context.stdin.isTTY !== true) return await readInput(context.stdin);
  if (isQuietTerminal(context.stdin))
    return Buffer.from(
      await askHidden(
        context,
        context.stdin,
        safe`Value of ${name} for ${hosts.join(', ')} (not shown): `,
      ),
    );
  // A visible value would stay on the screen.
  throw new Problem('usage', `Cannot store ${name}: this terminal cannot hide what you type`, {
    hint: `skillgate secret set ${name} --host ${hosts[0]} < FILE`,
  });
}

async function readInput(stream: InStream): Promise<Uint8Array> {
  const value = await readBoundedBody(bytesOf(stream), secretInputBytesMax);
  if (value !== undefined) return value;
  throw new Problem(
    'secret-refused',
    `The secret is too long: it may have at most ${secretInputBytesMax} bytes`,
  );
}

async function* bytesOf(stream: InStream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream)
    yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
}

function text(entry: SecretEntry): Safe {
  const { name, hosts, methods, agent, source } = entry;
  const whose = agent === undefined ? 'for every run' : `for agent ${agent} alone`;
  const how = methods === undefined ? '' : ` with ${methods.join(', ')} alone`;
  const where =
    source === 'file'
      ? ''
      : `; its value ${source === 'keychain' ? 'is in the keychain' : 'comes from the command'}`;
  const renews = entry.renew === undefined ? '' : `; ${lifeText(entry)}`;
  return safe`stored ${name} for ${hosts.join(', ')}${how}, ${whose}${where}${renews}`;
}
