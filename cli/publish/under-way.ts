import type { VersionAnswer } from '../registries/registry-answers.ts';

/** Whether the scan is still pending. */
export function isUnderWay({ status }: Pick<VersionAnswer, 'status'>): boolean {
  return status === 'received' || status === 'scanning';
}
