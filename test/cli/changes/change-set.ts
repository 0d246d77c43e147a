/** A change set of an operator's run, for tests of what a person reads. */
import type { ChangedFolder, ChangeSet } from '../../../skills-index/run/changes/changes.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

/** @param parts what differs in each folder from an unchanged folder at `/w` */
export function changeSetOf(
  parts: readonly Partial<ChangedFolder>[],
  about: Partial<ChangeSet> = {},
): ChangeSet {
  return {
    schema: 'skillgate.changes/2',
    run: '0f35d1a0-0000-4000-8000-000000000000',
    agent: 'operator',
    skill: '@a/b',
    version: '1.0.0',
    plan: digestOf(''),
    at: '2026-01-01T00:00:00.000Z',
    folders: parts.map((part) => ({
      source: 'workspace:w',
      target: '/w',
      path: '/nowhere',
      id: '1:1',
      mode: 'cow',
      changes: [],
      refused: [],
      conflicts: [],
      ...part,
    })),
    ...about,
  };
}
