/** Why a version cannot be used, from its registry. For messages only, never for a decision. */

import { peek } from '../../skills-index/client/peek.ts';
import type { SkillReference } from '../../skills-index/skill/authoring/reference.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { isInRange, parseVersion } from '../../skills-index/skill/version.ts';
import type { CommandContext } from '../command.ts';
import { approvalsLacking, approvalsText } from '../registries/approvals-text.ts';
import { fetchNewestVersions } from '../registries/fetch-versions.ts';
import { registryOf } from '../registries/registries.ts';
import { type VersionAnswer, versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, type RegistryWorld, versionPath } from '../registries/registry-api.ts';
import type { Project } from '../run/admission.ts';

interface Asked {
  /** The person's command: `install`, `run`. */
  readonly verb: string;
  readonly reference: SkillReference;
  readonly project: Project;
}

/**
 * The failure itself. If the registry has an unapproved version, the message says what the version
 * waits for and who can approve it, or when and why the version was stopped.
 */
export async function orWaiting(
  context: CommandContext,
  { verb, reference, project }: Asked,
  cause: unknown,
): Promise<unknown> {
  if (!(cause instanceof Problem) || cause.code !== 'not-found') return cause;
  const found = await findVersion(context, project, reference).catch(() => undefined);
  context.signal.throwIfAborted();
  if (found === undefined || found.status === 'approved') return cause;
  const name = `${found.name}@${found.version}`;
  if (isStopped(found))
    return new Problem('not-found', `Cannot ${verb} ${name}: ${whatStopped(found)}`, {
      reasons: [{ message: cause.message }],
      hint: `see the other versions of the skill: skillgate status ${found.name}`,
    });
  return new Problem('not-found', `Cannot ${verb} ${name} yet: ${waitsFor(found)}`, {
    reasons: [...whoDecides(found, name), cause.message].map((message) => ({ message })),
    hint: `see what the version waits for: skillgate status ${name}`,
  });
}

async function findVersion(
  context: CommandContext,
  project: Project,
  reference: SkillReference,
): Promise<VersionAnswer | undefined> {
  const { name, range } = reference;
  const { base } = registryOf(context, scopeOf(name), project.file.registries);
  const world = { ...context, registryBase: base };
  const version = peek(() => parseVersion(range)) ?? (await newestIn(world, name, range));
  if (version === undefined) return undefined;
  return askRegistry(world, `/api/v1/versions${versionPath(name, version)}`, versionAnswer);
}

/** The newest version in a range, among those that were published last. */
async function newestIn(
  world: RegistryWorld,
  name: SkillName,
  range: string,
): Promise<string | undefined> {
  const { versions } = await fetchNewestVersions(world, name);
  return versions.findLast(
    ({ version }) => range === '*' || isInRange(parseVersion(version), range),
  )?.version;
}

/** Whether no reviewer can approve the version from its state. */
function isStopped({ status }: VersionAnswer): boolean {
  return ['refused', 'withdrawn', 'suspended', 'revoked'].includes(status);
}

function whatStopped(found: VersionAnswer): string {
  const moved = lastMove(found);
  const [on, why] = moved === undefined ? ['', ''] : [` on ${moved.at}`, `: ${moved.why}`];
  return `the version was ${found.status}${on}${why}`;
}

function lastMove({
  history,
  status,
}: VersionAnswer): VersionAnswer['history'][number] | undefined {
  return history.findLast((move) => move.to === status);
}

function waitsFor(found: VersionAnswer): string {
  const moved = lastMove(found);
  const since = moved === undefined ? '' : ` since ${moved.at}`;
  switch (found.status) {
    case 'received':
    case 'scanning':
      return moved === undefined
        ? 'the version waits for its scan'
        : `the version has waited for its scan${since}`;
    case 'in review':
      return `the version has waited for review${since}, approvals ${approvalsText(found)}`;
    default:
      return `the version has been ${found.status}${since}${moved === undefined ? '' : `: ${moved.why}`}`;
  }
}

function whoDecides(found: VersionAnswer, name: string): string[] {
  if (found.status === 'quarantined')
    return [
      `a member with the role reviewer releases the version: skillgate review move ${name} --to "in review" --reason TEXT`,
    ];
  if (found.status !== 'in review') return [];
  if (found.malicious.length > 0)
    return [
      ...found.malicious.map((why) => `nobody can approve the version: ${why}`),
      'the author publishes a higher version without the package',
    ];
  const lacking = approvalsLacking(found);
  return [
    ...(lacking === undefined ? [] : [`approvals still missing: ${lacking}`]),
    ...found.whyMore.map(
      (why) => `the registry's policy wants more approvals than usual, because ${why}`,
    ),
    `a member with the role reviewer, other than the version’s author, approves the version: skillgate review approve ${name} --reason TEXT`,
  ];
}
