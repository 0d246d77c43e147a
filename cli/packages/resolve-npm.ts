/** Resolves npm packages with npm, in a folder of our own: no script and no .npmrc of the skill. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parsePackageLock } from '../../skills-index/packages/locks/package-lock.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { toolMessageCharsMax } from '../limits.ts';
import { nodeWithoutPrograms, requireNoProgram } from './no-programs.ts';
import type { Resolved, ResolveRequest } from './resolved.ts';
import { runTool, type ToolEnd, withFolder } from './tool.ts';

/** The module that Node loads before npm. */
const guard = 'no-programs.cjs';

/**
 * @throws Problem `package-unresolved`, `package-tool-missing`, `package-lock-invalid`,
 * `package-unsafe`
 */
export async function resolveNpm(
  world: Pick<CommandContext, 'env' | 'now' | 'signal'>,
  { index, minimumAgeDays, requires }: ResolveRequest,
): Promise<Resolved> {
  if (index.startsWith('file:'))
    throw new Problem(
      'package-unresolved',
      `Cannot lock: npm cannot resolve from the folder ${index}`,
      {
        hint: 'Lock on a machine with a registry, or put package-lock.json into the skill.',
      },
    );
  const dependencies = Object.fromEntries(
    requires.map((one) => {
      const at = one.indexOf('@', 1);
      return at < 0 ? [one, '*'] : [one.slice(0, at), one.slice(at + 1)];
    }),
  );
  const root = { name: 'skill', private: true, dependencies };
  const input = { 'package.json': JSON.stringify(root), [guard]: nodeWithoutPrograms };
  return withFolder(input, async (folder) => {
    const newest = new Date(world.now().getTime() - minimumAgeDays * 86_400_000).toISOString();
    const guarded = {
      ...world,
      env: {
        ...world.env,
        NODE_OPTIONS: `${world.env.NODE_OPTIONS ?? ''} --require=${JSON.stringify(join(folder, guard))}`,
      },
    };
    const end = await runTool(guarded, folder, 'npm', [
      'install',
      '--package-lock-only',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--lockfile-version=3',
      '--install-links=false',
      // A package.json above the folder may claim the folder as its workspace: npm then takes the
      // settings beside that package.json, and anybody may write to the folder of temporary files.
      '--workspaces=false',
      // The settings of the user and of the machine may name another registry for a scope.
      `--userconfig=${join(folder, 'user.npmrc')}`,
      `--globalconfig=${join(folder, 'global.npmrc')}`,
      // Newer versions of npm refuse dependencies by address, and name them.
      ...['directory', 'file', 'git', 'remote'].map((kind) => `--allow-${kind}=none`),
      '--loglevel=error',
      // A newer version of npm is no reason against a lock.
      '--no-update-notifier',
      ...(minimumAgeDays > 0 ? [`--before=${newest}`] : []),
      `--registry=${index}`,
    ]);
    if (end.exit === undefined)
      throw new Problem('package-tool-missing', 'Cannot lock: npm is not installed', {
        hint: 'Install Node with npm: https://nodejs.org/',
      });
    requireNoProgram('npm', end);
    if (end.exit !== 0) throw unresolved(index, end);
    const text = await readFile(join(folder, 'package-lock.json'), 'utf8');
    const packages = parsePackageLock(Buffer.from(text), 'the lock of npm');
    const scripts = packages.filter(({ hasInstallScript }) => hasInstallScript === true);
    return {
      packages,
      text,
      tool: 'npm',
      notes: [
        ...scripts.map(
          ({ name, version }) =>
            `${name} ${version} wants to run a script at its installation. No such script runs, so try whether the skill works.`,
        ),
        ...deprecationsIn(text),
      ],
    };
  });
}

// Most names that an index does not have are misspelled.
function unresolved(index: string, { stderr }: ToolEnd): Problem {
  const absent =
    /'(@?[^'@]{1,214})@[^']{0,200}' (?:could not be found|is not in this registry)/.exec(stderr);
  if (absent !== null)
    return new Problem('package-unresolved', `Cannot lock: ${index} has no package ${absent[1]}`, {
      hint: 'Check the name of the package.',
    });
  const said = stderr
    .replace(/^npm (?:error|ERR!) ?/gm, '')
    .replace(/\s+/g, ' ')
    .slice(0, toolMessageCharsMax);
  return new Problem('package-unresolved', `Cannot lock: npm finds no versions that fit: ${said}`);
}

const deprecations = v.looseObject({
  packages: v.record(
    v.string(),
    v.looseObject({ version: v.optional(v.string(), ''), deprecated: v.optional(v.string()) }),
  ),
});

// npm knows no withdrawn versions. Its maintainers deprecate a version, which honest packages need.
function deprecationsIn(lock: string): string[] {
  return Object.entries(v.parse(deprecations, JSON.parse(lock)).packages).flatMap(
    ([place, { deprecated, version }]) =>
      deprecated === undefined
        ? []
        : [
            `${place.replace(/^.*node_modules\//, '')} ${version} is deprecated: ${deprecated.slice(0, toolMessageCharsMax)}`,
          ],
  );
}
