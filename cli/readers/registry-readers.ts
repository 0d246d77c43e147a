import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ReaderEntry, ReadersFile } from '../../registry/readers/readers-file.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { nearest } from '../../skills-index/skill/text/nearest.ts';
import { type CommandContext, type ExitCode, exitCodes, listOf } from '../command.ts';
import { whileLocked } from '../locked-file.ts';
import { answer, count, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';

const nobody: ReadersFile = { schema: 'skillgate.readers/1', private: [], readers: [] };

/** `skillgate registry private` and `skillgate registry reader`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { readersFileName } = await import('../../registry/readers/readers-file.ts');
  const { readRootFile } = await import('../../registry/data-folder/data-folder.ts');
  const dir = resolve(context.cwd, context.args[0] ?? '');
  await readRootFile(dir);
  const path = join(dir, readersFileName);
  return whileLocked(path, () => change(context, dir, path));
}

async function change(context: CommandContext, dir: string, path: string): Promise<ExitCode> {
  const { parseReaders } = await import('../../registry/readers/readers-file.ts');
  const before = await readFile(path)
    .then((bytes) => parseReaders(bytes, path))
    .catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      return nobody;
    });
  const { file, token } = planChange(context, before);
  if (file !== before) {
    const text = `${JSON.stringify(file, null, 2)}\n`;
    const { Readers } = await import('../../registry/readers/readers.ts');
    // What the registry could not use must not be written.
    new Readers(parseReaders(Buffer.from(text), path), path, () => undefined);
    await writeWhole(path, text, 0o600);
  }
  printReaders(context, file, token);
  if (file !== before) await warnOfUnclaimed(context, dir, namedIn(context));
  const opened = openedBy(file, before);
  if (opened.length > 0)
    printNote(
      context,
      safe`Not private any more: ${opened.join(', ')}. Name every scope that stays private.`,
    );
  if (file !== before)
    printNote(
      context,
      safe`Next: systemctl reload skillgate. Without systemd, send SIGHUP to the registry’s process, which reads ${path} again then.`,
    );
  return exitCodes.ok;
}

/** The scopes that this command line names. */
function namedIn({ command, args, options }: CommandContext): string[] {
  return (command === 'registry reader' ? listOf(options.scope) : args.slice(1)).map(parseScope);
}

// A scope may become private before somebody claims it, but a mistyped name leaves the real scope
// public.
async function warnOfUnclaimed(
  context: CommandContext,
  dir: string,
  named: readonly string[],
): Promise<void> {
  if (named.length === 0) return;
  const { readClaimedScopes } = await import('../../registry/data-folder/claimed-scopes.ts');
  const claimed = readClaimedScopes(dir);
  if (claimed === undefined) return;
  for (const scope of named.filter((one) => !claimed.includes(one))) {
    const near = nearest(scope, claimed).map((one) => `@${one}`);
    const instead = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
    printNote(context, safe`warning: Nobody has claimed @${scope} in this registry.${instead}`);
  }
}

/** What was private, and is not after a change. */
function openedBy({ private: now }: ReadersFile, { private: before }: ReadersFile): string[] {
  if (now === 'everything') return [];
  if (before === 'everything') return ['everything else'];
  return before.filter((scope) => !now.includes(scope)).map((scope) => `@${scope}`);
}

interface Change {
  readonly file: ReadersFile;
  /** The token of a new reader. */
  readonly token?: string;
}

function planChange({ command, args, options }: CommandContext, before: ReadersFile): Change {
  const [, ...rest] = args;
  const [name = ''] = rest;
  if (command === 'registry reader')
    return options.remove === true ? without(before, name) : withReader(before, name, options);
  const chosen = [options.everything === true, options.nothing === true, rest.length > 0];
  if (chosen.filter(Boolean).length > 1)
    throw new Problem('usage', 'Name scopes, or --everything, or --nothing');
  if (options.everything === true) return { file: { ...before, private: 'everything' } };
  if (options.nothing === true) return { file: { ...before, private: [] } };
  return { file: rest.length === 0 ? before : { ...before, private: rest.map(parseScope) } };
}

function withReader(before: ReadersFile, name: string, options: CommandContext['options']): Change {
  requireNew(before, name);
  const scopes = listOf(options.scope).map(parseScope);
  const addresses = [...listOf(options.address)];
  const token = addresses.length > 0 ? undefined : randomBytes(32).toString('base64url');
  const entry: ReaderEntry = {
    name,
    ...(token === undefined ? { addresses } : { token: digestOf(token) }),
    ...(scopes.length === 0 ? {} : { scopes }),
  };
  const file = { ...before, readers: [...before.readers, entry] };
  return token === undefined ? { file } : { file, token };
}

function without(before: ReadersFile, name: string): Change {
  const readers = before.readers.filter((one) => one.name !== name);
  if (readers.length < before.readers.length) return { file: { ...before, readers } };
  throw new Problem('not-found', `There is no reader ${JSON.stringify(name)}`, {
    hint: `The readers are ${before.readers.map((one) => one.name).join(', ') || 'nobody'}.`,
  });
}

function requireNew({ readers }: ReadersFile, name: string): void {
  if (!readers.some((one) => one.name === name)) return;
  throw new Problem('usage', `There is a reader ${JSON.stringify(name)} already`, {
    hint: 'Choose another name, or remove that reader first.',
  });
}

function printReaders(context: CommandContext, file: ReadersFile, token: string | undefined): void {
  const { private: hidden, readers } = file;
  const shown = readers.map(({ name, token: digest, addresses, scopes }) => ({
    name,
    by: digest === undefined ? [...(addresses ?? [])] : 'token',
    scopes: scopes === undefined ? 'all' : [...scopes],
  }));
  answer(
    context,
    {
      schema: 'skillgate.private/1',
      private: hidden,
      readers: shown,
      ...(token === undefined ? {} : { token }),
    },
    () =>
      joined(
        [
          safe`private: ${hidden === 'everything' ? 'everything' : hidden.map((scope) => `@${scope}`).join(', ') || 'nothing'}`,
          safe`${count(shown.length, 'reader')}${shown.length === 0 ? '' : ':'}`,
          ...shown.map(readerLine),
          ...(token === undefined ? [] : tokenLines(token)),
        ],
        '\n',
      ),
  );
}

function readerLine(reader: {
  readonly name: string;
  readonly by: string | readonly string[];
  readonly scopes: string | readonly string[];
}): Safe {
  const by = typeof reader.by === 'string' ? 'by token' : `from ${reader.by.join(', ')}`;
  const what =
    typeof reader.scopes === 'string'
      ? 'everything'
      : reader.scopes.map((scope) => `@${scope}`).join(', ');
  return safe`  ${reader.name}: ${by}, reads ${what}`;
}

function tokenLines(token: string): Safe[] {
  return [
    safe`token:   ${token}`,
    safe`         It is shown once. On each machine of the reader: skillgate registry token URL`,
  ];
}
