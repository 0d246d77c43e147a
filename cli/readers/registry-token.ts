import * as v from 'valibot';
import { withLock } from '../../runner/files/lock.ts';
import { writePrivateFile } from '../../runner/files/private-file.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes, type Paths } from '../command.ts';
import { askRegistry } from '../registries/registry-api.ts';
import { parseBase } from '../registries/registry-base.ts';
import { askHidden, isQuietTerminal } from '../terminal/hidden-answer.ts';
import { answer, safe } from '../terminal/output.ts';
import { isReadToken, readTokens, tokensPath, tokensSchema } from './read-tokens.ts';

const readerAnswer = v.looseObject({ readers: v.array(v.string()) });

/** `skillgate registry token URL`: keeps or forgets the token that reads a private registry. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const base = parseBase(context.args[0]);
  const isRemoved = context.options.remove === true;
  if (isRemoved && readTokens(context.paths)[base] === undefined)
    throw new Problem('not-found', `No token for ${base} is kept here`);
  const token = isRemoved ? undefined : await readToken(context, base);
  // A wrong token would find nothing, and nobody would know why.
  const { readers } =
    token === undefined
      ? { readers: [] }
      : await askRegistry({ ...context, registryBase: base }, '/api/v1/reader', readerAnswer, {
          token,
        });
  keepToken(context.paths, base, token);
  answer(
    context,
    { schema: 'skillgate.read-token/1', registry: base, kept: !isRemoved, readers },
    () =>
      isRemoved
        ? safe`The token for ${base} is forgotten.`
        : safe`The token of ${readers.join(', ')} is kept. Commands of this user send it to ${base}.`,
  );
  return exitCodes.ok;
}

async function readToken(context: CommandContext, base: string): Promise<string> {
  const { stdin } = context;
  const text = isQuietTerminal(stdin)
    ? await askHidden(context, stdin, safe`Token for ${base}: `)
    : await firstLine(stdin);
  const token = text.trim();
  if (isReadToken(token)) return token;
  throw new Problem('usage', 'This is no token: a token has 43 letters, digits, - and _', {
    hint: 'Ask the operator, who makes a token with: skillgate registry reader DIR NAME',
  });
}

async function firstLine(stdin: CommandContext['stdin']): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > 1_000 || text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
}

/**
 * Keeps the token for the base URL of a registry, or forgets it. Without the lock, the second of
 * two commands at once would overwrite the token of the first.
 */
export function keepToken(
  paths: Pick<Paths, 'config'>,
  base: string,
  token: string | undefined,
): void {
  const path = tokensPath(paths);
  withLock(`${path}.lock`, () => {
    const { [base]: _, ...others } = readTokens(paths);
    const tokens = token === undefined ? others : { ...others, [base]: token };
    writePrivateFile(path, `${JSON.stringify({ schema: tokensSchema, tokens }, null, 2)}\n`);
  });
}
