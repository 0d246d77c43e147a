/** Compares the stops that index lines show with the log's statements about versions. Pure. */
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import type { ReplayedLine } from '../../skills-index/trust/index-files/judge-line.ts';
import type { Difference } from './difference.ts';

const severity = { suspended: 1, revoked: 2 } as const;

/** A stop that no statement in the log supports. Ranges would choose another version. */
export function whyUnfounded(
  { name, version, stopped }: IndexLine,
  { mayStand }: ReplayedLine,
): Difference[] {
  if (stopped === undefined) return [];
  if (mayStand !== undefined && severity[mayStand] >= severity[stopped.kind]) return [];
  const place = `${name}@${version}`;
  const instead = mayStand === undefined ? 'no statement says so' : `the log says ${mayStand}`;
  const message = `The index says that ${place} is ${stopped.kind}, but ${instead}`;
  return [{ code: 'stop-unfounded', place, message }];
}

/** A line that installers take, though the log refuses the version and nothing stops it. */
export function whyHiding(
  { name, version, stopped }: IndexLine,
  { demanded, hidden }: ReplayedLine,
): Difference[] {
  if (demanded !== undefined || stopped !== undefined || hidden.length === 0) return [];
  const place = `${name}@${version}`;
  return [
    {
      code: 'line-hides',
      place,
      message: `Installers accept ${place}, which the whole log rejects: ${hidden.join('; ')}`,
    },
  ];
}

/**
 * Another stop in the line than the log demands. Installers judge the version by the map of the
 * log, and the registry changes many lines one after the other, so this is no difference.
 */
export function otherStop(
  { name, version, stopped }: IndexLine,
  { demanded }: ReplayedLine,
): string[] {
  if (stopped?.kind === demanded?.kind) return [];
  const place = `${name}@${version}`;
  const shown = stopped === undefined ? 'shows no stop' : `says ${stopped.kind}`;
  return [
    demanded === undefined
      ? `the index says that ${place} is ${stopped?.kind}, which the log no longer demands`
      : `installers reject ${place}, which is ${demanded.kind} (${demanded.why}); the index ${shown}`,
  ];
}
