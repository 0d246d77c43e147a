/**
 * `skillgate host packages …`: the house's packages, one lock of this host for all skills that
 * leave the versions to the host.
 */
import { openHouse } from '../../runner/package-store/open-house.ts';
import { chooseFromHouse, type House, type HouseGroup } from '../../skills-index/packages/house.ts';
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import type { Pin } from '../../skills-index/packages/locks/package-lock.ts';
import {
  hasReadableVersions,
  lockedEntries,
  parseLock,
} from '../../skills-index/packages/require-locked.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { requiredName } from '../../skills-index/skill/manifest-packages.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { requireAllowedHouse, storePackages } from '../packages/fetch-packages.ts';
import {
  differences,
  type Entries,
  resolveWithout,
  type SkillLock,
} from '../packages/lock-skill.ts';
import { answer, count, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { readPolicy } from './change.ts';

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
  const opened = openHouse(context.paths);
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
  const house = openHouse(context.paths).read();
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
  const opened = openHouse(context.paths);
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

// Chooses versions for the house's packages of one ecosystem, and stores the packages, so that
// starts fetch nothing. A trial chooses only.

/**
 * @param requires what the operator asks for: `pandas>=2`
 * @param before the present lock, whose versions stay where that is possible; undefined to choose
 * all versions anew
 * @param isTrial whether to store no package; the stored packages say what they need, so the entry
 * of a trial lacks `needs`
 * @returns the new entry of house.json, and the text of the lock file
 * @throws Problem `package-unresolved`, `package-malicious`, `package-vulnerable`, and others of
 * `readyPackages`
 */
async function lockHouse(
  context: CommandContext,
  ecosystem: Ecosystem,
  requires: readonly string[],
  before: HouseGroup | undefined,
  isTrial: boolean,
): Promise<{ readonly group: HouseGroup; readonly text: string }> {
  printNote(
    context,
    safe`Choosing versions for ${count(requires.length, 'package')} of ${ecosystem} …`,
  );
  const {
    notes,
    packages: locked,
    text = '',
  } = await resolve(context, ecosystem, requires, before);
  for (const note of notes) printNote(context, safe`note: ${note}`);
  const policy = readPolicy(context);
  requireAllowed(context, policy, locked);
  if (isTrial) return { group: { requires, locked: lockedEntries(locked), needs: {} }, text };
  // All packages together are one set, so packages that clash are refused here and at no start.
  await storePackages(context, policy, locked);
  const opened = openHouse(context.paths);
  const needs = opened.needs(ecosystem, locked, text);
  const group = { requires, locked: lockedEntries(locked), needs };
  requireMet(ecosystem, group, opened.isMarked());
  return { group, text };
}

/**
 * The name of the package in a requirement.
 * @throws Problem `usage` for what is no package with versions
 */
function nameIn(ecosystem: Ecosystem, requirement: string): string {
  const name = requiredName(ecosystem, requirement);
  // Otherwise pip names a line of a file that nobody wrote.
  const isReadable = ecosystem === 'npm' || hasReadableVersions(requirement);
  if (name !== undefined && isReadable) return name;
  const example = ecosystem === 'python' ? 'pandas>=2' : 'docx@^9';
  const isPin = ecosystem === 'python' && /^[^<>=!~]+=[^=]+$/.test(requirement);
  throw new Problem(
    'usage',
    `${JSON.stringify(requirement)} is not a package with versions such as ${example}; addresses, paths and git are refused`,
    isPin ? { hint: `write one version with ==: ${requirement.replace('=', '==')}` } : {},
  );
}

// A new package leaves the versions of the others as they are, where the new one allows it.
async function resolve(
  context: CommandContext,
  ecosystem: Ecosystem,
  all: readonly string[],
  before: HouseGroup | undefined,
): Promise<SkillLock> {
  const known = before?.requires ?? [];
  const changed = all.filter((one) => !known.includes(one)).map((one) => nameIn(ecosystem, one));
  const kept = [...pinsOf(context, ecosystem, before)].filter(([name]) => !changed.includes(name));
  const resolved = async (pins: ReadonlyMap<string, Pin>): Promise<SkillLock> =>
    (await resolveWithout(context, { ecosystem, all, pins }, { isForThisHost: true }, [])).lock;
  const isUnresolved = (cause: unknown): cause is Problem =>
    cause instanceof Problem && cause.code === 'package-unresolved';
  try {
    return await resolved(new Map(kept)).catch(async (cause: unknown) => {
      if (!isUnresolved(cause) || kept.length === 0) throw cause;
      const found = await resolved(new Map());
      printNote(
        context,
        safe`note: the new packages need other versions of packages that are there`,
      );
      return found;
    });
  } catch (cause) {
    if (!isUnresolved(cause)) throw cause;
    const hint =
      context.args[0] === 'update'
        ? 'Ask for other versions: skillgate host packages add'
        : 'Check the names and the versions of the packages. What this host has: skillgate host packages list';
    throw new Problem(cause.code, cause.message, { reasons: cause.reasons, hint, cause });
  }
}

// pip only warns of an extra that the chosen version lacks, and every skill would be refused.
function requireMet(
  ecosystem: Ecosystem,
  group: HouseGroup,
  isMarked: (marker: string) => boolean,
): void {
  const { requires } = group;
  try {
    const by = 'this host asks for';
    chooseFromHouse(group, { verb: 'choose packages', by, ecosystem, requires, isMarked });
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'package-not-in-house') throw cause;
    throw new Problem('package-unresolved', cause.message, {
      reasons: cause.reasons,
      hint: 'Ask for other versions or extras: skillgate host packages add',
      cause,
    });
  }
}

function pinsOf(
  { paths }: CommandContext,
  ecosystem: Ecosystem,
  before: HouseGroup | undefined,
): ReadonlyMap<string, Pin> {
  if (before === undefined || ecosystem === 'npm') return new Map();
  const opened = openHouse(paths);
  const path = opened.lockPath(ecosystem);
  const bytes = opened.readLock(ecosystem);
  const locked = bytes === undefined ? [] : parseLock(ecosystem, bytes, path);
  const isAlone = ({ name }: LockedPackage) =>
    locked.filter((one) => one.name === name).length === 1;
  return new Map(
    locked
      .filter(isAlone)
      .map(({ files, name, version }) => [
        name,
        { version, path, hashes: new Set(files.map(({ hash }) => hash)) },
      ]),
  );
}

function requireAllowed(
  context: CommandContext,
  policy: HostPolicy,
  locked: readonly LockedPackage[],
): void {
  const [verb] = context.args;
  const purpose = `${verb === 'add' || verb === 'update' ? verb : 'choose'} the packages`;
  requireAllowedHouse(context, policy, locked, purpose, true);
}
