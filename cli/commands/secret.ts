/** `skill secret …`: values that only the egress proxy sees, each bound to hosts. Read from standard input, never printed. */
import { join } from 'node:path';
import type { SecretEntry } from '../../runner/secrets.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes, type InStream } from '../command.ts';
import { askHidden, isQuietTerminal } from '../hidden-answer.ts';
import { secretInputBytesMax } from '../limits.ts';
import { answer, note, type Safe, safe, table } from '../output.ts';
import { listSecrets, removeSecret, storeSecret } from '../secret-store.ts';

const secretCommands: Readonly<Record<string, (context: CommandContext) => Promise<ExitCode>>> = {
  'secret set': set,
  'secret list': list,
  'secret remove': remove,
};

export async function run(context: CommandContext): Promise<ExitCode> {
  const command = secretCommands[context.command];
  if (command === undefined) throw new Problem('usage', `There is no command skill ${context.command}`);
  return await command(context);
}

async function set(context: CommandContext): Promise<ExitCode> {
  const [name = ''] = context.args;
  const { host, agent } = context.options;
  const hosts = Array.isArray(host) ? host : [];
  if (hosts.length === 0)
    throw new Problem('usage', `Cannot store ${name}: name at least one host that may receive it`, {
      hint: `skill secret set ${name} --host HOST < FILE`,
    });
  const bound = typeof agent === 'string' ? { agent } : {};
  const value = await secretValue(context, name, hosts);
  const entry = storeSecret(fileOf(context), { name, hosts, value, now: context.now(), ...bound });
  answer(context, { schema: 'skillgate.secret/1', ...entry }, () => text(entry));
  return exitCodes.ok;
}

async function list(context: CommandContext): Promise<ExitCode> {
  const secrets = listSecrets(fileOf(context));
  answer(context, { schema: 'skillgate.secrets/1', ...{ secrets } }, () =>
    secrets.length === 0
      ? safe`no secrets: skill secret set NAME --host HOST`
      : table(secrets.map((one) => [one.name, one.hosts.join(', '), one.agent ?? 'every run', one.stored])),
  );
  return exitCodes.ok;
}

async function remove(context: CommandContext): Promise<ExitCode> {
  const [name = ''] = context.args;
  const { agent } = context.options;
  removeSecret(fileOf(context), name, typeof agent === 'string' ? agent : undefined);
  note(context, safe`forgot ${name}`);
  if (context.format !== 'text') answer(context, { schema: 'skillgate.secret-removed/1', ...{ name } }, () => safe`${name}`);
  return exitCodes.ok;
}

async function secretValue(context: CommandContext, name: string, hosts: readonly string[]): Promise<Uint8Array> {
  if (context.stdin.isTTY !== true) return await readAllOf(context.stdin);
  if (isQuietTerminal(context.stdin))
    return Buffer.from(await askHidden(context, context.stdin, safe`Value of ${name} for ${hosts.join(', ')} (not shown): `));
  // It would stay on the screen.
  throw new Problem('usage', `Cannot store ${name}: this terminal shows what is typed`, {
    hint: `skill secret set ${name} --host ${hosts[0]} < FILE`,
  });
}

async function readAllOf(stream: InStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
    size += bytes.byteLength;
    if (size > secretInputBytesMax) throw new Problem('secret-refused', `A secret has at most ${secretInputBytesMax} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function text(entry: SecretEntry): Safe {
  const whose = entry.agent === undefined ? 'for every run' : `for agent ${entry.agent} alone`;
  return safe`stored ${entry.name} for ${entry.hosts.join(', ')}, ${whose}`;
}

function fileOf({ paths }: CommandContext): string {
  return join(paths.config, 'secrets.json');
}
