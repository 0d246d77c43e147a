/**
 * Build products that an agent's sessions keep from one session to the next, as the mounts of a
 * session see them. Only types: `runner/sessions/` keeps the products.
 */
import type { KeptFolder, LeftBehind } from '../../skills-index/run/changes/changes.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { VisitedEntry } from '../files/walk-folder.ts';
import type { View } from './views.ts';

/** The products of one mount, from its opening to the end of the session. */
export interface KeptFolders {
  /** The folder that lies under the view; undefined when the session begins without products. */
  readonly under: string | undefined;
  /** The kept folders below the mount, as Latin-1 text of their bytes. */
  readonly paths: readonly string[];
  /**
   * Returns whether a folder of the ended view, which the mount did not have, is a product.
   * @param root `/proc/self/fd/N` of the view
   */
  findIn(root: string): (entry: VisitedEntry) => boolean;
  /** Copies the products out of the ended view. Nothing counts before `commit`. */
  keep(view: View, products: readonly string[]): Promise<KeptProducts>;
  close(): void;
}

export interface KeptProducts {
  readonly kept: readonly KeptFolder[];
  readonly left: readonly LeftBehind[];
  /** Makes the kept products those of the agent's next session. */
  commit(): void;
}

/**
 * Opens the products for a mount.
 * @param folder descriptor of the mounted folder
 * @returns undefined for a mount that keeps no products
 */
export type OpenKeptFolders = (
  mount: Plan['mounts'][number],
  folder: number,
) => KeptFolders | undefined;
