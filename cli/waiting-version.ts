/** Why a version cannot be installed yet: what its registry says of one that is under way. For messages only, never for a decision. */
import type { SkillReference } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { approvalsText } from './approvals-text.ts';
import type { CommandContext } from './command.ts';
import { type VersionAnswer, versionAnswer, versionsAnswer } from './registry-answers.ts';
import { askRegistry, versionPath } from './registry-api.ts';

/**
 * The failure itself, or where the registry has the version and it is not approved, the same with what it waits for.
 * @param registryBase the one registry that answers for the skill
 */
export async function orWaiting(
  context: CommandContext,
  registryBase: string,
  reference: SkillReference,
  cause: unknown,
): Promise<unknown> {
  if (!(cause instanceof Problem) || cause.code !== 'not-found') return cause;
  const found = await findVersion({ ...context, registryBase }, reference).catch(() => undefined);
  context.signal.throwIfAborted();
  if (found === undefined || found.status === 'approved') return cause;
  const name = `${found.name}@${found.version}`;
  return new Problem('not-found', `Cannot install ${name} yet: ${waitsFor(found)}`, {
    reasons: [{ message: cause.message }],
    hint: `follow it: skillgate status ${name}`,
  });
}

async function findVersion(context: CommandContext, { name, range }: SkillReference): Promise<VersionAnswer | undefined> {
  const { versions } = await askRegistry(context, `/api/v1/versions${versionPath(name)}`, versionsAnswer);
  const asked = range === '*' ? versions.at(-1) : versions.find(({ version }) => version === range);
  return asked && askRegistry(context, `/api/v1/versions${versionPath(name, asked.version)}`, versionAnswer);
}

function waitsFor(found: VersionAnswer): string {
  switch (found.status) {
    case 'received':
    case 'scanning':
      return 'it is being scanned';
    case 'in review':
      return `it waits for approvals, ${approvalsText(found)}`;
    default:
      return `it is ${found.status}`;
  }
}
