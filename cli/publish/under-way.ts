/** How commands wait for the scan of a version. */
import type { VersionAnswer } from '../registries/registry-answers.ts';

/** How long `--wait` and `import` wait for a scan. */
export const scanWaitSecondsMax = 900;

export const pollMillisMin = 150;

export const pollMillisMax = 2_000;

/** Whether the scan is still pending. */
export function isUnderWay({ status }: Pick<VersionAnswer, 'status'>): boolean {
  return status === 'received' || status === 'scanning';
}
