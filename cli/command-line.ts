/**
 * Runs one command line: parses arguments, loads and runs one command, and catches all its errors.
 */

import { Problem } from '../skills-index/skill/problem.ts';
import { problemCodes } from '../skills-index/skill/problem-codes.ts';
import { calledName, setCalledName } from './called-name.ts';
import type { CommandContext, CommandRow, InStream, OnHangUp, OutStream } from './command.ts';
import { exitCodes } from './command.ts';
import type { PassedOn } from './help-and-options/arguments.ts';
import type { SendRequest } from './send-request.ts';
import { isVersion, showVersion } from './show-version.ts';

/** The environment of a command line: the process, or a test. */
export interface CommandWorld {
  readonly argv: readonly string[];
  /** The name of this program in lines to type; see `called-name.ts`. */
  readonly called?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: InStream;
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  readonly fetch: typeof fetch;
  readonly send?: SendRequest;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly onHangUp?: OnHangUp;
}

// A program that asks for JSON gets JSON for every failure, also for failures of the command line
// itself.
function wantsJson(argv: readonly string[]): boolean {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  return own.some(
    (word, i) => word === '--format=json' || (word === '--format' && own[i + 1] === 'json'),
  );
}

function withoutFormat(argv: readonly string[]): readonly string[] {
  return argv.filter((word, i) => !/^--format(=|$)/.test(word) && argv[i - 1] !== '--format');
}

/** Runs one command line; never throws. */
export async function runCommandLine(world: CommandWorld): Promise<number> {
  let context: CommandContext | undefined;
  if (world.called !== undefined) setCalledName(world.called);
  try {
    const [{ findCommand }, { parseArguments }] = await Promise.all([
      import('./help-and-options/commands.ts'),
      import('./help-and-options/arguments.ts'),
    ]);
    const { argv } = world;
    const plain = withoutFormat(argv);
    const [first] = plain;
    if (isVersion(plain)) return showVersion(world.stdout, wantsJson(argv) ? 'json' : 'text');
    if (first === undefined || first === '--help' || first === '-h')
      return await showHelp(world, first === undefined);
    const found = findCommand(argv);
    switch (found.kind) {
      case 'command': {
        if (found.row.filesFromProgram === true)
          await (await import('./help-and-options/option-files.ts')).requireNoOptionFiles(
            found.rest,
            world.cwd,
          );
        const parsed = parseArguments(found.row, found.rest);
        context = await contextOf(world, found.row, parsed);
        if (parsed.help)
          return await runRow(await helpRow(), {
            ...context,
            command: 'help',
            args: found.row.name.split(' '),
          });
        await notePassedOn(context, parsed.passedOn);
        return await runRow(found.row, context);
      }
      case 'group': {
        const unasked = !argv.some((word) => word === '--help' || word === '-h');
        if (unasked && wantsJson(argv))
          throw new Problem(
            'usage',
            `${calledName()} ${first} needs a second word that names the command`,
            {
              hint: found.rows.map(({ name }) => `${calledName()} ${name}`).join(', '),
            },
          );
        return await showHelp(world, unasked, [first]);
      }
      case 'unknown':
        throw (await import('./help-and-options/help.ts')).unknownCommand(found);
    }
  } catch (thrown) {
    return await report(thrown, world, context);
  }
}

async function runRow(row: CommandRow, context: CommandContext): Promise<number> {
  return (await row.load()).run(context);
}

// A shim stands for the skill's own program, so its options are the skill's.
async function notePassedOn(
  context: CommandContext,
  passedOn: PassedOn | undefined,
): Promise<void> {
  const isShim = context.env.SKILLGATE_SHIM !== undefined;
  if (passedOn === undefined || isShim || context.format !== 'text') return;
  const { printNote, safe } = await import('./terminal/output.ts');
  const { shellWord } = await import('../skills-index/skill/text/shell-word.ts');
  const line = [calledName(), context.command, ...passedOn.instead.map(shellWord)].join(' ');
  printNote(
    context,
    safe`note: ${passedOn.names.join(', ')} went to the skill. As an option of ${calledName()} ${context.command}: ${line}`,
  );
}

async function helpRow(): Promise<CommandRow> {
  const { findCommand } = await import('./help-and-options/commands.ts');
  const found = findCommand(['help']);
  if (found.kind !== 'command') throw new Problem('internal', 'The table of commands has no help');
  return found.row;
}

// Help that nobody asked for is a usage error. It goes to stderr, so that programs do not read it
// as data.
async function showHelp(
  world: CommandWorld,
  unasked: boolean,
  args: readonly string[] = [],
): Promise<number> {
  const row = await helpRow();
  const context = await contextOf(world, row, {
    args,
    options: {},
    format: unasked || !wantsJson(world.argv) ? 'text' : 'json',
    help: false,
  });
  await runRow(row, unasked ? { ...context, stdout: context.stderr } : context);
  return unasked ? exitCodes.usage : exitCodes.ok;
}

async function contextOf(
  world: CommandWorld,
  row: CommandRow,
  parsed: {
    args: readonly string[];
    options: CommandContext['options'];
    format: CommandContext['format'];
    help: boolean;
  },
): Promise<CommandContext> {
  const [{ pathsOf }, { registryBaseOf }, { withTokens }] = await Promise.all([
    import('./paths.ts'),
    import('./registries/registry-base.ts'),
    import('./readers/read-tokens.ts'),
  ]);
  const paths = pathsOf(world.env);
  const { args, options, format } = parsed;
  const { argv: _, called: __, ...rest } = world;
  return {
    ...rest,
    ...withTokens(world, paths),
    command: row.name,
    args,
    options,
    format,
    paths,
    registryBase: registryBaseOf(paths, world.env),
  };
}

// A usage error without a hint points to the help of its command.
function withHelp(problem: Problem, context: CommandContext | undefined): Problem {
  if (problem.code !== 'usage' || problem.hint !== undefined || context === undefined)
    return problem;
  const { message, reasons, cause } = problem;
  return new Problem('usage', message, {
    reasons,
    cause,
    hint: `skillgate help ${context.command}`,
  });
}

async function report(
  thrown: unknown,
  world: CommandWorld,
  context: CommandContext | undefined,
): Promise<number> {
  const [{ inkFor, jsonText, printLine }, { problemText, problemJson }, { problemOf }] =
    await Promise.all([
      import('./terminal/output.ts'),
      import('./terminal/problem-text.ts'),
      import('../skills-index/skill/thrown.ts'),
    ]);
  const problem = withHelp(problemOf(thrown, world.signal.aborted), context);
  const exit =
    problem.code === 'interrupted' ? exitCodes.interrupted : problemCodes[problem.code].exit;
  if (context === undefined ? wantsJson(world.argv) : context.format === 'json')
    world.stdout.write(`${jsonText(problemJson(problem, exit))}\n`);
  else printLine(world.stderr, problemText(problem, inkFor(world.stderr, world.env)));
  return exit;
}
