/** Distinguishes the file with the skill's own key from the credential files of other programs. */
import { normalisePath } from '../lookup-tables/sensitive-paths.ts';
import type { RuleContext } from '../rule.ts';

/**
 * Whether a path is in the agent's common folder for skills, below a folder with this skill's own
 * name, and the skill itself writes it. The rule must read `capability:mount`.
 */
export function isOwnCredentialFile(
  path: string,
  { of, name, nameInProse }: Pick<RuleContext, 'of' | 'name' | 'nameInProse'>,
): boolean {
  const normal = normalisePath(path);
  if (!isInOwnFolder(path, { name, nameInProse })) return false;
  return of('capability').some(
    ({ capability }) =>
      capability.kind === 'mount' &&
      capability.mode !== 'ro' &&
      capability.path !== undefined &&
      normalisePath(capability.path) === normal,
  );
}

/**
 * Whether a path is below a folder with the skill’s name, where skills and programs keep such
 * files.
 */
export function isInOwnFolder(
  path: string,
  { name, nameInProse }: Pick<RuleContext, 'name' | 'nameInProse'>,
): boolean {
  const normal = normalisePath(path);
  const short = (nameInProse ?? name).replace(/^.*\//, '').toLowerCase();
  return short.length >= 4 && commonFolder.test(normal) && normal.split('/').includes(short);
}

// Agents tell skills to keep their settings here, each below its own name.
const commonFolder = /^~\/\.(openclaw|clawdbot|moltbot|config|local\/share)\//;

/**
 * The service that a file of an agent's common folder for credentials is named after:
 * `~/.openclaw/credentials/SERVICE.json` holds the key of one service.
 */
export function serviceOfFile(path: string): string | undefined {
  return ofOneService.exec(normalisePath(path))?.[1]?.replaceAll(/[-.]/g, '_');
}

const ofOneService =
  /^~\/\.(?:openclaw|clawdbot|moltbot)\/credentials\/([a-z][\w.-]{1,40}?)(?:\.json|\.ya?ml|\.env|\/[\w.-]{1,40})$/;

/** Whether that service has a word of its name in common with this skill. */
export function isOfOwnService(
  path: string,
  { name, nameInProse }: Pick<RuleContext, 'name' | 'nameInProse'>,
): boolean {
  const skill = (nameInProse ?? name)
    .replace(/^.*\//, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const service = serviceOfFile(path)?.split('_') ?? [];
  return service.some((word) => word.length >= 4 && skill.includes(word));
}
