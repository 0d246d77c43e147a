import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lockFileNames } from '../../skills-index/packages/require-locked.ts';
import { printManifest } from '../../skills-index/skill/authoring/print-manifest.ts';
import { type Ecosystem, ecosystems, houseWord } from '../../skills-index/skill/ecosystem.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import type { PackageGroup } from '../../skills-index/skill/manifest-packages.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { answer, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';
import { choosePackages } from './fetch-packages.ts';
import { lockSkill, printLocks, whileSkillJsonLocked, writeLock } from './lock-skill.ts';

/** `skillgate lock [DIR]`: chooses versions for `packages` of skill.json, and pins their files. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const folder = resolve(context.cwd, context.args[0] ?? '.');
  return whileSkillJsonLocked(context, folder, () => lock(context, folder));
}

async function lock(context: CommandContext, folder: string): Promise<ExitCode> {
  const { files } = await readWholeSkill(folder, 'lock');
  const json = files.find(({ path }) => path === 'skill.json')?.bytes;
  if (json === undefined)
    throw new Problem('manifest-missing', 'Cannot lock: the folder has no skill.json', {
      hint: `skillgate manifest ${shellWord(context.args[0] ?? '.')} --write`,
    });
  const manifest = parseManifest(json);
  if (manifest.packages === undefined)
    throw new Problem('usage', 'Cannot lock: skill.json requires no packages', {
      hint: 'Write "packages" into skill.json, for example {"python": {"requires": ["pandas>=2"], "why": "reads tables"}}.',
    });
  if (context.options.house === true) return leaveToHosts(context, folder, manifest);
  printNote(context, safe`Locking the packages of ${manifest.name} …`);
  const age = context.options['exclude-newer'];
  const locked = await lockSkill(
    context,
    files,
    manifest,
    typeof age === 'string' ? { minimumAgeDays: parseDays(age) } : {},
  );
  await writeLock(folder, locked);
  printLocks(context, locked);
  answer(
    context,
    {
      schema: 'skillgate.locked/1',
      packages: locked.manifest.packages,
      locks: locked.locks.map(({ ecosystem, index, notes, packages, path, tool }) => ({
        ecosystem,
        path,
        tool,
        ...(index === undefined ? {} : { index }),
        packages: packages.map(({ name, version, files: { length } }) => ({
          name,
          version,
          files: length,
        })),
        notes,
      })),
    },
    () =>
      joined(
        [
          ...leftText(manifest),
          ...(locked.locks.length === 0
            ? []
            : [
                safe`skill.json and its locks pin the same packages. Next: skillgate try ${context.args[0] ?? '.'}`,
              ]),
        ],
        '\n',
      ),
  );
  return exitCodes.ok;
}

function leftText({ packages = {} }: Manifest): Safe[] {
  return ecosystems
    .filter((one) => packages[one]?.lock === houseWord)
    .map(
      (one) =>
        safe`skill.json leaves the versions of ${one} packages to the host. To pin them: delete "lock": "house" there, and lock again.`,
    );
}

// A lock file that no host obeys would mislead a reviewer, so publish refuses it.
async function leaveToHosts(
  context: CommandContext,
  folder: string,
  { capabilities, ...manifest }: Manifest,
): Promise<ExitCode> {
  const { packages = {} } = manifest;
  const removed: string[] = [];
  const left: [Ecosystem, PackageGroup][] = [];
  for (const ecosystem of ecosystems) {
    const group = packages[ecosystem];
    if (group === undefined) continue;
    const { lock, locked: _, ...kept } = group;
    left.push([ecosystem, { ...kept, lock: houseWord }]);
    const other = lockFileNames[ecosystem];
    if (lock !== undefined && lock !== houseWord) removed.push(lock);
    // A lock that skill.json does not name is the author's own.
    else if (existsSync(join(folder, other)))
      printNote(context, safe`note: delete ${other}, which publish refuses beside "lock": "house"`);
  }
  // The parser derives the capabilities of the packages.
  const { package: _, ...others } = capabilities;
  const written = { ...manifest, packages: Object.fromEntries(left), capabilities: others };
  await writeWhole(join(folder, 'skill.json'), printManifest(written));
  for (const path of removed) await rm(join(folder, path), { force: true });
  answer(
    context,
    { schema: 'skillgate.left-to-hosts/1', packages: written.packages, removed },
    () =>
      joined(
        [
          ...removed.map((path) => safe`deleted ${path}`),
          safe`skill.json has no lock now: each host chooses the versions of ${left.map(([one]) => one).join(' and ')} packages from its own lock.`,
          safe`Next: skillgate try ${context.args[0] ?? '.'}`,
        ],
        '\n',
      ),
  );
  noteLacking(context, written);
  return exitCodes.ok;
}

// The author's own machine tries the skill, so it needs the packages, too.
function noteLacking(context: CommandContext, manifest: Pick<Manifest, 'packages'>): void {
  if (process.platform !== 'linux') return;
  try {
    choosePackages(context, manifest, 'try the skill here');
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const { hint = '', message } = cause;
    printNote(context, safe`note: ${message}. ${asCalled(hint)}`);
  }
}

const daysMax = 365;

function parseDays(text: string): number {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (days <= daysMax) return days;
  throw new Problem('usage', `--exclude-newer takes a number of days from 0 to ${daysMax}`);
}
