/**
 * `skillgate list`: the skills that this project has installed. Reads files only, and marks a
 * version that this host knows to be stopped.
 */
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { projectAt } from '../run/admission.ts';
import { answer, inkFor, joined, safe, table } from '../terminal/output.ts';
import { namedSkills, nothingInstalled } from './installed-skills.ts';
import { knownStops } from './known-stops.ts';
import { requirersOf } from './required/required-skills.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  if (context.options.tree === true) return (await import('./tree.ts')).showTree(context);
  if (context.options.outdated === true)
    return (await import('./outdated.ts')).showOutdated(context);
  const project = await projectAt(context.cwd);
  const skills = namedSkills(project, 'show', context.args);
  const stops = await knownStops(context, project, skills);
  const list = skills.map(({ name, locked, wanted, folder, isThere }) => ({
    name,
    version: locked.version,
    range: wanted.range,
    folder,
    agents: wanted.agents ?? [],
    registry: locked.registry,
    isThere,
    stopped: stops.get(name) ?? null,
    requiredBy: requirersOf(project.lock, name).map(({ by }) => by),
  }));
  answer(context, { schema: 'skillgate.list/1', project: project.folder, skills: list }, () => {
    if (list.length === 0) return nothingInstalled(project);
    const ink = inkFor(context.stdout, context.env);
    const rows = list.map((skill) => {
      const { name, version, range, folder, agents, isThere, requiredBy, stopped } = skill;
      return [
        ink.bold(`${name}@${version}`),
        project.file.skills.has(name) || requiredBy.length === 0
          ? range === '*'
            ? 'any version'
            : range
          : `required by ${requiredBy.join(', ')}`,
        isThere ? folder : ink.red(`${folder} is missing: skillgate ci installs it again`),
        agents.length === 0 ? '' : `for ${agents.join(', ')}`,
        stopped === null ? '' : ink.red(stopped.message),
      ];
    });
    const revoked = list.filter(({ stopped }) => stopped?.kind === 'revoked');
    return joined(
      [
        table(rows),
        ...revoked.map(({ name }) => safe`→ remove the revoked version: skillgate remove ${name}`),
        safe`→ compare the files with the approved ones: skillgate verify`,
      ],
      '\n',
    );
  });
  return exitCodes.ok;
}
