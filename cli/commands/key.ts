import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, inkFor, note, safe, table } from '../output.ts';
import { createKeyFile, readKeyFile } from '../signers/key-file.ts';
import { keyNames, keyPath } from '../signers/signer.ts';

/** `skill key create|list`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  return context.command === 'key create' ? create(context) : list(context);
}

async function create(context: CommandContext): Promise<ExitCode> {
  const name = context.args[0] ?? 'default';
  const shared = keyPath(context.paths, name, 'public');
  const key = await createKeyFile(keyPath(context.paths, name), shared, name);
  answer(context, { schema: 'skillgate.key-created/1', name, keyId: key.keyId, publicFile: shared }, () => safe`${key.keyId}`);
  note(context, safe`Key ${name} is made. Hand around ${shared}; its private part stays in ${context.paths.config}.`);
  return exitCodes.ok;
}

async function list(context: CommandContext): Promise<ExitCode> {
  const names = keyNames(context.paths);
  const keys = await Promise.all(names.map(async (name) => ({ name, ...(await keyOf(context, name)) })));
  const ink = inkFor(context.stdout, context.env);
  answer(context, { schema: 'skillgate.keys/1', keys }, () =>
    table(keys.map(({ name, keyId, problem }) => [ink.bold(name), keyId ?? ink.red(problem ?? '')])),
  );
  if (keys.length === 0) note(context, safe`There is none yet: skill key create`);
  return exitCodes.ok;
}

// One damaged key must not hide the others.
async function keyOf(context: CommandContext, name: string): Promise<{ keyId?: string; problem?: string }> {
  try {
    return { keyId: (await readKeyFile(keyPath(context.paths, name))).keyId };
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) };
  }
}
