import * as packages from '../../runner/package-store/public.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, count, joined, safe } from '../terminal/output.ts';

const daysDefault = 30;
const daysMax = 3_650;
const millisecondsOfDay = 24 * 60 * 60 * 1000;

/** `skillgate packages`: what the store of packages holds, and what it no longer needs. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [verb = 'list'] = context.args;
  if (verb === 'list') list(context);
  else if (verb === 'clean') clean(context);
  else
    throw new Problem('usage', `packages has no command ${JSON.stringify(verb)}`, {
      hint: 'skillgate packages list, or skillgate packages clean',
    });
  return exitCodes.ok;
}

function list(context: CommandContext): void {
  const { data } = context.paths;
  const bytes = packages.storedBytes(data);
  const sets = packages.listSets(data).map((set) => ({
    set: set.name,
    ecosystem: set.record.ecosystem,
    bytes: set.record.bytes,
    native: set.record.native,
    used: set.used.toISOString(),
    packages: set.record.packages.map(({ name, version }) => `${name} ${version}`),
  }));
  answer(context, { schema: 'skillgate.packages/1', bytes, sets }, () =>
    joined(
      [
        ...sets.map(
          (one) =>
            safe`${one.set}  ${one.ecosystem}, ${inMegabytes(one.bytes)}, last used ${one.used.slice(0, 10)}: ${one.packages.join(', ')}`,
        ),
        safe`${count(sets.length, 'set')} of packages; the store has ${inMegabytes(bytes)}`,
      ],
      '\n',
    ),
  );
}

function clean(context: CommandContext): void {
  const days = daysOf(context.options.days);
  const now = context.now();
  const before = new Date(now.getTime() - days * millisecondsOfDay);
  const cleaned = packages.cleanPackages(context.paths.data, before, now);
  answer(
    context,
    { schema: 'skillgate.packages-cleaned/1', ...cleaned },
    () =>
      safe`deleted ${count(cleaned.sets, 'set')} and ${count(cleaned.packages, 'package')}, ${inMegabytes(cleaned.bytes)}`,
  );
}

function daysOf(option: unknown): number {
  if (option === undefined) return daysDefault;
  const days = typeof option === 'string' && /^\d{1,4}$/.test(option) ? Number(option) : 0;
  if (days >= 1 && days <= daysMax) return days;
  throw new Problem('usage', `--days takes a number of days from 1 to ${daysMax}`);
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}
