/** The registry that is copied, and the folder of the copy. */
import type { Source } from '../../skills-index/client/blobs.ts';
import type { TrustedRegistry } from '../registries/registries.ts';
import type { Progress } from '../terminal/progress.ts';
import type { ExportFolder } from './export-folder.ts';

export interface CopyWorld {
  readonly registry: TrustedRegistry;
  /** Blobs that are read through the source are kept in the folder. */
  readonly source: Source;
  readonly folder: ExportFolder;
  /** Empty for all scopes. */
  readonly scopes: readonly string[];
  readonly now: () => Date;
  readonly startProgress: (total: number, unit: string) => Progress;
}
