/**
 * Changes the registries that a user trusts. Two commands at once lose nothing of each other,
 * because each reads and writes the list while no other command may.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../../../runner/files/lock.ts';
import { writePrivateFile } from '../../../runner/files/private-file.ts';
import type { Scope } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../../skills-index/skill/text/canonical-json.ts';
import type { RootFile } from '../../../skills-index/trust/root/root.ts';
import type { Paths } from '../../command.ts';
import { writeWhole } from '../../whole-file.ts';
import { rootPath } from '../registries.ts';
import {
  type PinnedRegistry,
  type Registries,
  readRegistries,
  registriesSchema as schema,
} from '../registry-base.ts';

/** Pins a registry, or replaces its pin; the first registry becomes the default. */
export async function pinRegistry(
  paths: Paths,
  base: string,
  root: RootFile,
  scopes: readonly Scope[],
): Promise<PinnedRegistry> {
  const fingerprint = canonicalDigest(root);
  const wouldPin = (before: Registries): PinnedRegistry => {
    const isOther = (one: PinnedRegistry): boolean => one.base !== base;
    const taken = scopes.find((scope) =>
      before.registries.some((one) => isOther(one) && one.scopes.includes(scope)),
    );
    if (taken !== undefined)
      throw new Problem(
        'usage',
        `Cannot add ${base}: scope @${taken} is looked up in another registry already`,
      );
    const old = before.registries.find((one) => !isOther(one));
    const all = [...new Set([...(old?.scopes ?? []), ...scopes])].sort();
    return { base, root: fingerprint, scopes: all };
  };
  wouldPin(readRegistries(paths));
  await mkdir(join(paths.config, 'roots'), { recursive: true, mode: 0o700 });
  await writeWhole(rootPath(paths, fingerprint), `${JSON.stringify(root, null, 2)}\n`, 0o600);
  const { registries } = await changeRegistries(paths, (before) => ({
    default: before.default ?? base,
    registries: [...before.registries.filter((one) => one.base !== base), wouldPin(before)],
  }));
  return registries.find((one) => one.base === base) ?? wouldPin({ default: base, registries });
}

/**
 * Replaces what is pinned here. The root files of all pins have to be there already.
 * @param change gets the list as it is when no other command may change it
 */
export async function changeRegistries(
  paths: Pick<Paths, 'config'>,
  change: (before: Registries) => Registries,
): Promise<Registries> {
  const path = join(paths.config, 'registries.json');
  return withLock(`${path}.lock`, () => {
    const after = change(readRegistries(paths));
    const text = JSON.stringify({ schema, ...after }, null, 2);
    writePrivateFile(path, `${text}\n`);
    return after;
  });
}
