/** The packages of a skill that is installed. */
import type { CommandContext } from '../command.ts';
import type { PackagesOfSkill } from './fetch-packages.ts';

/**
 * Fetches the packages of a skill, as `fetchPackages` does. The code for packages is a quarter of
 * an installation's, so it is loaded only for a skill with packages.
 */
export async function fetchIfAny(context: CommandContext, wanted: PackagesOfSkill): Promise<void> {
  if (wanted.manifest.packages === undefined) return;
  const { fetchPackages } = await import('./fetch-packages.ts');
  await fetchPackages(context, wanted);
}
