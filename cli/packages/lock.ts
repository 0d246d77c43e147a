import { resolve } from 'node:path';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { answer, printNote, safe } from '../terminal/output.ts';
import { lockSkill, printLocks, writeLock } from './lock-skill.ts';

/** `skillgate lock [DIR]`: chooses versions for `packages` of skill.json, and pins their files. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const folder = resolve(context.cwd, context.args[0] ?? '.');
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
      safe`skill.json and its locks pin the same packages. Next: skillgate try ${context.args[0] ?? '.'}`,
  );
  return exitCodes.ok;
}

const daysMax = 365;

function parseDays(text: string): number {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (days <= daysMax) return days;
  throw new Problem('usage', `--exclude-newer takes a number of days from 0 to ${daysMax}`);
}
