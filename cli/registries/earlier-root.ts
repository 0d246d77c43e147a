/**
 * `skillgate registry add URL --root` with the fingerprint of an earlier root file: the registry
 * serves earlier ones, and TUF leads from each to the current one.
 */
import { hexOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseRoot, type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import type { CommandContext } from '../command.ts';
import { requireRootSize } from './registries.ts';
import { requestBytes } from './registry-api.ts';

/**
 * The root file that `--root` names: the current or an earlier one. A file from the registry has
 * the named fingerprint, so it is as good as a pinned one. Without a match the current one is
 * returned, and the caller refuses it.
 */
export async function rootNamed(
  context: CommandContext,
  base: string,
  inForce: RootFile,
): Promise<RootFile> {
  const { root: given } = context.options;
  if (given === undefined) return inForce;
  const named = parseDigest(given);
  if (named === rootFingerprint(inForce)) return inForce;
  try {
    const bytes = await requestBytes(
      { ...context, registryBase: base },
      `/index/roots/${hexOf(named)}.json`,
    );
    const earlier = parseRoot(requireRootSize(bytes));
    return rootFingerprint(earlier) === named ? earlier : inForce;
  } catch (cause) {
    if (cause instanceof Problem && cause.code !== 'interrupted' && cause.code !== 'registry-down')
      return inForce;
    throw cause;
  }
}

/**
 * An earlier root file is accepted only if its administrators signed the way to the current one.
 */
export function requireSuccession(base: string, named: RootFile): never {
  throw new Problem(
    'root-invalid',
    `Cannot trust ${base}: ${rootFingerprint(named)} is an earlier root file, and no signed root follows it`,
    {
      hint: 'ask its operator over another channel for the current fingerprint',
    },
  );
}
