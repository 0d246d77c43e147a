/** Where the command line begins: arguments in, one command loaded and run, and the one place that catches what it throws. */
import { Problem } from '../skills-index/skill/problem.ts';
import { problemCodes } from '../skills-index/skill/problem-codes.ts';
import type { CommandContext, CommandRow, InStream, OutStream } from './command.ts';
import { exitCodes } from './command.ts';
import { ownVersion } from './own-version.ts';
import { workingFolderOf } from './paths.ts';

/** What a command line runs in: a process, or a test's. */
export interface World {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: InStream;
  readonly stdout: OutStream;
  readonly stderr: OutStream;
  readonly fetch: typeof fetch;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Runs the process's command line and gives its exit code. */
export async function main(process: NodeJS.Process): Promise<number> {
  const argv = process.argv.slice(2);
  // Nothing else is loaded for the two words that scripts ask most.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${ownVersion()}\n`);
    return exitCodes.ok;
  }
  const { useCompileCache } = await import('./compile-cache.ts');
  useCompileCache(process.env);
  const { stopOnSignals, useProxy } = await import('./process-world.ts');
  const signal = stopOnSignals(process);
  await useProxy(process.env);
  return runCommandLine({
    argv,
    env: process.env,
    cwd: workingFolderOf(process.env, process.cwd()),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    fetch: (input, init) =>
      fetch(input, { ...init, signal: init?.signal == null ? signal : AbortSignal.any([signal, init.signal]) }),
    now: () => new Date(),
    signal,
  });
}

/** Runs one command line; never throws. */
export async function runCommandLine(world: World): Promise<number> {
  let context: CommandContext | undefined;
  try {
    const [{ findCommand }, { parseArguments }] = await Promise.all([import('./commands.ts'), import('./arguments.ts')]);
    const [first] = world.argv;
    if (first === undefined || first === '--help' || first === '-h') return await showHelp(world, first === undefined);
    const found = findCommand(world.argv);
    switch (found.kind) {
      case 'command': {
        const parsed = parseArguments(found.row, found.rest);
        context = await contextOf(world, found.row, parsed);
        if (parsed.help) return await runRow(await helpRow(), { ...context, command: 'help', args: found.row.name.split(' ') });
        return await runRow(found.row, context);
      }
      case 'group':
        return await showHelp(world, !world.argv.some((word) => word === '--help' || word === '-h'), [first]);
      case 'planned':
        throw new Problem('not-in-this-version', `skill ${found.name} is not in this version`);
      case 'unknown':
        throw (await import('./commands/help.ts')).unknownCommand(found.name, found.near);
    }
  } catch (thrown) {
    return await report(thrown, world, context);
  }
}

async function runRow(row: CommandRow, context: CommandContext): Promise<number> {
  return (await row.load()).run(context);
}

async function helpRow(): Promise<CommandRow> {
  const { findCommand } = await import('./commands.ts');
  const found = findCommand(['help']);
  if (found.kind !== 'command') throw new Problem('internal', 'The table of commands has no help');
  return found.row;
}

// Help that was not asked for is an error of usage, and goes to stderr so that no program takes it for data.
async function showHelp(world: World, unasked: boolean, args: readonly string[] = []): Promise<number> {
  const row = await helpRow();
  const context = await contextOf(world, row, { args, options: {}, format: 'text', help: false });
  await runRow(row, unasked ? { ...context, stdout: context.stderr } : context);
  return unasked ? exitCodes.usage : exitCodes.ok;
}

async function contextOf(
  world: World,
  row: CommandRow,
  parsed: { args: readonly string[]; options: CommandContext['options']; format: CommandContext['format']; help: boolean },
): Promise<CommandContext> {
  const [{ pathsOf }, { registryBaseOf }] = await Promise.all([import('./paths.ts'), import('./registry-base.ts')]);
  const paths = pathsOf(world.env);
  const { args, options, format } = parsed;
  const { argv: _, ...rest } = world;
  return { ...rest, command: row.name, args, options, format, paths, registryBase: registryBaseOf(paths, world.env) };
}

async function report(thrown: unknown, world: World, context: CommandContext | undefined): Promise<number> {
  const [{ inkFor, say }, { problemText, problemJson }, { problemOf }] = await Promise.all([
    import('./output.ts'),
    import('./problem-text.ts'),
    import('./thrown.ts'),
  ]);
  const problem = problemOf(thrown, world.signal.aborted);
  const exit = problem.code === 'interrupted' ? exitCodes.interrupted : problemCodes[problem.code].exit;
  if (context?.format === 'json') world.stdout.write(`${JSON.stringify(problemJson(problem, exit))}\n`);
  else say(world.stderr, problemText(problem, inkFor(world.stderr, world.env)));
  return exit;
}
