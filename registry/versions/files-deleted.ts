import { Problem } from '../../skills-index/skill/problem.ts';
import type { VersionName } from '../context.ts';

/** Requires that the files of a version are stored. @throws Problem `files-deleted` */
export function requireFiles({ name, version }: VersionName, filesDeleted: Date | undefined): void {
  if (filesDeleted !== undefined)
    throw new Problem(
      'files-deleted',
      `The registry’s retention rule deleted the files of ${name}@${version} on ${filesDeleted.toISOString()}`,
    );
}
