import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { inferManifest } from '../../scanner/manifest/manifest.ts';
import { requiredPackages } from '../../scanner/manifest/required-packages.ts';
import { shortNameFor } from '../../skills-index/skill/authoring/format-names.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { printManifest } from '../../skills-index/skill/authoring/print-manifest.ts';
import { parseSkillMd, type SkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { noCapabilities } from '../../skills-index/skill/capability.ts';
import {
  runMemoryMiBDefault,
  runSecondsDefault,
} from '../../skills-index/skill/manifest-schema.ts';
import { namePartCharsMax, parseScope, parseSkillName } from '../../skills-index/skill/name.ts';
import { emptyDescription } from '../../skills-index/skill/placeholders.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { draftPackages } from '../packages/draft-packages.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { scanOnce } from '../scan/watched-scan.ts';
import type { ExactVersion } from '../terminal/exact-version.ts';
import { answer, joined, printNote, safe } from '../terminal/output.ts';

/**
 * `skillgate init [DIR]`: writes SKILL.md and skill.json, both or neither. Beside an existing
 * SKILL.md it writes the draft of skill.json alone.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const folder = resolve(context.cwd, context.args[0] ?? '.');
  const names = await readdir(folder).catch((): string[] => []);
  if (names.includes('SKILL.md') || names.includes('skill.md')) return addManifest(context, folder);
  requireNoOtherCase(folder, names);
  const { name: given } = context.options;
  const own = typeof given === 'string' ? given : nameFrom(basename(folder));
  const short = given === own ? own : requireShortName([own]);
  const scope = String(context.options.scope ?? 'me').replace(/^@/, '');
  const name = parseSkillName(`@${scope}/${short}`);
  const manifest = printManifest({
    name,
    version: parseVersion('0.1.0'),
    commands: { hello: helloPath },
    requires: {},
    capabilities: noCapabilities,
    limits: { seconds: runSecondsDefault, memoryMiB: runMemoryMiBDefault },
  });
  const files = [
    ['SKILL.md', skillMd(own)],
    ['skill.json', manifest],
    [helloPath, helloScript],
  ] as const;
  const written: string[] = [];
  try {
    for (const [file, text] of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeNew(join(folder, file), text);
      written.push(file);
    }
  } catch (cause) {
    await Promise.all(written.map((file) => rm(join(folder, file))));
    throw cause;
  }
  answer(context, { schema: 'skillgate.initialised/1', name, folder, files: written }, () =>
    joined(
      written.map((file) => join(folder, file)),
      '\n',
    ),
  );
  if (given === undefined && short !== basename(folder))
    printNote(
      context,
      safe`The skill is named ${short}, because a registry has no name such as ${basename(folder)}. To choose another name: --name NAME`,
    );
  const named = context.args[0] === undefined ? '' : `${shellWord(context.args[0])} `;
  printNote(
    context,
    safe`Next: write the description and the steps in SKILL.md, then ${asCalled(`skillgate publish ${named}`.trim())}. After you added scripts: ${asCalled(`skillgate manifest ${named}--write`)}`,
  );
  return exitCodes.ok;
}

// Some systems take the two names for one file, so publish refuses a skill that has both.
function requireNoOtherCase(folder: string, names: readonly string[]): void {
  const other = names.find((name) => name.toLowerCase() === 'skill.md');
  if (other === undefined) return;
  const at = (name: string): string => shellWord(join(folder, name));
  throw new Problem(
    'file-exists',
    `Cannot make a skill in ${JSON.stringify(folder)}: it has ${other}, and the file of a skill is SKILL.md`,
    { hint: `mv ${at(other)} ${at('SKILL.md')}` },
  );
}

async function addManifest(context: CommandContext, folder: string): Promise<ExitCode> {
  const { files } = await readWholeSkill(folder, 'init');
  packBundle(files);
  const bytes = files.find(({ path }) => path === 'SKILL.md')?.bytes ?? new Uint8Array();
  const { name: own, ...rest } = parseSkillMd(bytes);
  const short = typeof context.options.name === 'string' ? context.options.name : own;
  const skillMd = { ...rest, ...(short !== undefined && { name: short }) };
  const scope = String(context.options.scope ?? 'me').replace(/^@/, '');
  const identity = draftIdentity(skillMd, folder, scope);
  const { name } = identity;
  const inferred = inferManifest(files, await scanOnce(files), identity);
  const hasCommands = Object.keys(inferred.commands).length > 0;
  const required = hasCommands ? requiredPackages(files).packages : [];
  const { isUnlocked, manifest } = draftPackages(inferred, required);
  await writeNew(join(folder, 'skill.json'), printManifest(manifest));
  answer(
    context,
    { schema: 'skillgate.initialised/1', name, folder, files: ['skill.json'] },
    () => safe`${join(folder, 'skill.json')}`,
  );
  const dir = shellWord(context.args[0] ?? '.');
  const locks = isUnlocked ? [`skillgate lock ${dir}`] : [];
  const next = [...locks, `skillgate publish ${dir} --dry-run`].map((line) => asCalled(line));
  printNote(
    context,
    safe`The skill is named ${name}; SKILL.md stays as it is. Next: say in skill.json why the skill needs each capability, then ${joined(next, ' and ')}`,
  );
  return exitCodes.ok;
}

const helloPath = 'scripts/hello.sh' as BundlePath;
const helloScript =
  '#!/bin/sh\n# An example of a command. Replace it with your own.\necho "hello, $1"\n';

function skillMd(short: string): string {
  return `---
name: ${short}
description: ${emptyDescription}
---

# ${short}

What to do, step by step. Name the files to read (\`references/…\`) and the commands to run, such as \`sh scripts/hello.sh NAME\`.
`;
}

function nameFrom(folder: string): string {
  return folder
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, namePartCharsMax);
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    throw new Problem('file-exists', `Cannot write ${JSON.stringify(path)}: it already exists`);
  });
  await file.writeFile(text).finally(() => file.close());
}

// The name and version of a draft manifest: from SKILL.md, or else from the folder's name.

/** @throws Problem `name-invalid` when neither SKILL.md nor the folder has a skill's name */
export function draftIdentity(skillMd: SkillMd, folder: string, scopeName: unknown): ExactVersion {
  const scope = parseScope(scopeName);
  const short = requireShortName([skillMd.name, basename(folder)]);
  return { name: parseSkillName(`@${scope}/${short}`), version: versionOf(skillMd) };
}

/** @param names of the skill and its folder, best first. @throws Problem `name-invalid` */
export function requireShortName(names: readonly (string | undefined)[]): string {
  const short = shortNameFor(names);
  if (short !== undefined) return short;
  throw new Problem(
    'name-invalid',
    `Cannot name the skill: ${[...new Set(names)].map((name) => JSON.stringify(name ?? '')).join(' and ')} cannot be its name`,
    {
      hint: 'choose one of lower-case letters, digits and single hyphens: name: in SKILL.md, or skillgate init --name NAME',
    },
  );
}

function versionOf({ version }: SkillMd): Version {
  try {
    return parseVersion(version);
  } catch {
    return parseVersion('0.1.0');
  }
}
