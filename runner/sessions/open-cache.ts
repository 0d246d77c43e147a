/**
 * Opens the build products that an agent keeps for a workspace, for one session. Products lie only
 * where the workspace itself has nothing, so a folder of the host is never hidden.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { workspaceOf } from '../../skills-index/run/plan/plan-capabilities.ts';
import { ownersOf } from '../files/ownership.ts';
import { latinOf, textOf, withParent } from '../files/walk-folder.ts';
import type { KeptFolders, KeptProducts, OpenKeptFolders } from '../mounts/kept-folders.ts';
import { productFinder } from './build-products.ts';
import {
  isUsed,
  type KeptList,
  readKept,
  release,
  removeProduct,
  sweepOld,
  treeOf,
  use,
  withCache,
  writeKept,
} from './cache-folder.ts';
import { keepProducts } from './keep-products.ts';

/**
 * @param caches the folder of the agent's caches, which no other agent and no run of a skill gets
 * @param session id of the session
 */
export function openCaches(caches: string, session: string): OpenKeptFolders {
  return ({ id, source }, folder) => {
    if (!source.startsWith('workspace:')) return undefined;
    const opened = Date.now();
    sweepOld(caches, opened);
    const workspace = workspaceOf(source);
    // The name alone could mean another folder by now, and a new folder often gets the inode of a
    // deleted one.
    const { birthtimeNs } = fs.fstatSync(folder, { bigint: true });
    const cache = join(caches, `${workspace}-${id.replace(':', '-')}-${birthtimeNs}`);
    const base = withCache(cache, () => openBase(cache, session, folder));
    return {
      under: base === undefined ? undefined : treeOf(cache, base.generation),
      paths: (base?.folders ?? []).map(({ path }) => latinOf(path)),
      findIn: (root) => productFinder(root, ownersOf(fs.fstatSync(folder))),
      // The changes of the session matter more than its products.
      keep: (view, products) =>
        keepProducts({ cache, session, workspace, base, opened }, view, products).catch(
          (cause: Error) => notKept(products, cause.message),
        ),
      close: () => release(cache, session),
    } satisfies KeptFolders;
  };
}

// The host may have got a folder of its own in a product's place, or lost the folder above it.
function openBase(cache: string, session: string, folder: number): KeptList | undefined {
  const list = readKept(cache);
  if (list === undefined) return undefined;
  const stale = list.folders.filter(({ path }) => !isFree(folder, path));
  const { generation } = list;
  // Another session sees these products, so this session begins without any.
  if (stale.length > 0 && isUsed(cache, generation, session)) return undefined;
  for (const { path } of stale) removeProduct(treeOf(cache, generation), path);
  const folders = list.folders.filter((one) => !stale.includes(one));
  if (stale.length > 0) writeKept(cache, { ...list, folders });
  use(cache, generation, session);
  return { ...list, folders };
}

function isFree(folder: number, path: string): boolean {
  const owners = ownersOf(fs.fstatSync(folder));
  try {
    return withParent(
      `/proc/self/fd/${folder}`,
      latinOf(path),
      owners,
      (at) => fs.lstatSync(at, { throwIfNoEntry: false }) === undefined,
    );
  } catch {
    // The folder above is gone, is a link, or belongs to another user.
    return false;
  }
}

function notKept(products: readonly string[], why: string): KeptProducts {
  const left = products.map((path) => ({
    path: textOf(path),
    why: `not kept for the next session: ${why}`,
  }));
  return { kept: [], left, commit: () => undefined };
}
