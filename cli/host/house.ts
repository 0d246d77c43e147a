/**
 * `skillgate host packages …`: the house's packages, one lock of this host for all skills that
 * leave the versions to the host.
 */
import * as packages from '../../runner/package-store/public.ts';
import type { House, HouseGroup } from '../../skills-index/packages/house.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { differences, type Entries } from '../packages/differences.ts';
import { answer, count, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { lockHouse, nameIn } from './lock-house.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const [verb = 'list', ...given] = context.args;
  if (verb === 'list' && given.length === 0) list(context);
  else if (verb === 'add' || verb === 'remove') await change(context, verb, given);
  else if (verb === 'update') await update(context, given);
  else throw unknownVerb(verb);
  return exitCodes.ok;
}

function unknownVerb(verb: string): Problem {
  return new Problem(
    'usage',
    `Cannot run ${calledName()} host packages ${verb}: write add npm|python PACKAGE…, list, remove npm|python PACKAGE…, or update [npm|python]`,
  );
}

function ecosystemOf(name: string | undefined): Ecosystem {
  const found = ecosystems.find((one) => one === name);
  if (found !== undefined) return found;
  throw new Problem('usage', `Write the ecosystem first: ${ecosystems.join(' or ')}`, {
    hint: 'for example: skillgate host packages add python pandas',
  });
}

/** What this host has of each ecosystem. */
function list(context: CommandContext): void {
  const opened = packages.openHouse(context.paths);
  const { file } = opened;
  const house = opened.read();
  answer(context, { schema: 'skillgate.host-packages/1', file, house }, () =>
    Object.keys(house).length === 0
      ? safe`This host has no packages of its own, so skills bring locks. Add some: skillgate host packages add python pandas`
      : joined(
          ecosystems.flatMap((ecosystem) => {
            const group = house[ecosystem];
            return group === undefined ? [] : groupLines(ecosystem, group);
          }),
          '\n',
        ),
  );
}

function groupLines(ecosystem: Ecosystem, { locked, requires }: HouseGroup): Safe[] {
  return [
    safe`${ecosystem}: ${count(Object.keys(locked).length, 'package')}, for ${requires.join(', ')}`,
    ...Object.entries(locked).map(([key, value]) => safe`  ${key} ${value.split(' ')[0] ?? ''}`),
  ];
}

async function change(
  context: CommandContext,
  verb: 'add' | 'remove',
  [first, ...named]: readonly string[],
): Promise<void> {
  const ecosystem = ecosystemOf(first);
  if (named.length === 0)
    throw new Problem('usage', `Name the packages: skillgate host packages ${verb} ${ecosystem} …`);
  const names = named.map((one) => nameIn(ecosystem, one));
  await withChange(context, [ecosystem], (house) => {
    const before = house[ecosystem]?.requires ?? [];
    const missing = names.find((name) => !before.some((one) => nameIn(ecosystem, one) === name));
    if (verb === 'remove' && missing !== undefined)
      throw new Problem(
        'not-found',
        `Nobody added ${missing} to the ${ecosystem} packages of this host`,
        {
          hint:
            before.length === 0 ? 'skillgate host packages list' : `added: ${before.join(', ')}`,
        },
      );
    const kept = before.filter((one) => !names.includes(nameIn(ecosystem, one)));
    return verb === 'add' ? [...kept, ...named] : kept;
  });
}

async function update(context: CommandContext, given: readonly string[]): Promise<void> {
  if (given.length > 1) throw unknownVerb('update');
  const house = packages.openHouse(context.paths).read();
  const there = ecosystems.filter((one) => house[one] !== undefined);
  const wanted = given.length === 0 ? there : [ecosystemOf(given[0])];
  const none = wanted.find((one) => house[one] === undefined);
  if (wanted.length === 0 || none !== undefined)
    throw new Problem(
      'not-found',
      `This host has no ${none ?? ''} packages of its own`.replace('  ', ' '),
      {
        hint: `skillgate host packages add ${none ?? 'python'} …`,
      },
    );
  await withChange(context, wanted, (now, ecosystem) => now[ecosystem]?.requires ?? []);
}

/** One ecosystem after a change. */
interface Changed extends Entries {
  readonly ecosystem: Ecosystem;
}

async function withChange(
  context: CommandContext,
  wanted: readonly Ecosystem[],
  requiresOf: (house: House, ecosystem: Ecosystem) => readonly string[],
): Promise<void> {
  requireLinux();
  const opened = packages.openHouse(context.paths);
  const isTrial = context.options['dry-run'] === true;
  const changed = await opened.holding(async () => {
    let house = opened.read();
    const texts: Partial<Record<Ecosystem, string>> = {};
    const changes: Changed[] = [];
    for (const ecosystem of wanted) {
      const { [ecosystem]: before, ...others } = house;
      const requires = requiresOf(house, ecosystem);
      const isUpdate = context.args[0] === 'update';
      const made =
        requires.length === 0
          ? undefined
          : await lockHouse(context, ecosystem, requires, isUpdate ? undefined : before, isTrial);
      house = made === undefined ? others : { ...others, [ecosystem]: made.group };
      if (made !== undefined) texts[ecosystem] = made.text;
      changes.push({
        ecosystem,
        before: before?.locked ?? {},
        after: made?.group.locked ?? {},
      });
    }
    if (!isTrial) opened.write(house, texts);
    return changes;
  });
  printChanges(context, opened.file, changed, isTrial);
}

// Skills run on Linux only, and the packages have to fit this host.
function requireLinux(): void {
  if (process.platform === 'linux') return;
  throw new Problem('usage', 'Cannot choose packages for this host: skills run on Linux only', {
    hint: 'Type the line on the Linux host that runs the skills.',
  });
}

function printChanges(
  context: CommandContext,
  file: string,
  changes: readonly Changed[],
  isTrial: boolean,
): void {
  const lines = changes.flatMap((one) =>
    differences(one).map((line) => `${one.ecosystem} ${line}`),
  );
  const value = {
    schema: 'skillgate.host-packages-changed/1',
    file,
    dryRun: isTrial,
    changes: lines,
  };
  answer(context, value, () =>
    joined(
      lines.length === 0
        ? [safe`The packages of this host stay as they are.`]
        : lines.map((line) => safe`${line}`),
      '\n',
    ),
  );
  if (context.format !== 'text') return;
  if (isTrial) for (const note of notesOnTrial(lines)) printNote(context, note);
  else if (lines.length > 0) for (const note of notesOn(lines)) printNote(context, note);
}

function notesOnTrial(lines: readonly string[]): Safe[] {
  return [
    safe`Nothing was changed, because of --dry-run.`,
    ...(hasNew(lines)
      ? [
          safe`Nothing was stored, so packages that do not go together are refused only without --dry-run.`,
        ]
      : []),
  ];
}

function hasNew(lines: readonly string[]): boolean {
  return lines.some((line) => !/^\S+ - /.test(line));
}

function notesOn(lines: readonly string[]): Safe[] {
  return [
    safe`Skills with "lock": "house" get this lock at their next start.`,
    ...(hasNew(lines)
      ? [safe`Nobody scanned the packages’ code, which sees what a skill sees.`]
      : []),
  ];
}
