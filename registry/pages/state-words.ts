/** What the state of a version means, for people who know nothing of reviews. */
import type { VersionState } from '../versions/status.ts';

/** Whether a version has been approved, may still be, or will not be. */
type Outlook = 'approved' | 'waiting' | 'stopped';

interface StateMeaning {
  readonly outlook: Outlook;
  readonly text: string;
}

const waiting = { outlook: 'waiting', text: 'waiting; nobody has approved this' } as const;

export const stateMeanings: Readonly<Record<VersionState, StateMeaning>> = {
  received: waiting,
  scanning: waiting,
  'in review': waiting,
  approved: { outlook: 'approved', text: 'scanned, and approved by people' },
  quarantined: {
    outlook: 'stopped',
    text: 'held back after its scan; nobody has approved this',
  },
  refused: { outlook: 'stopped', text: 'not approved; reviewers refused it' },
  withdrawn: { outlook: 'stopped', text: 'not approved; its author withdrew it' },
  suspended: { outlook: 'stopped', text: 'stopped for now; installers refuse it' },
  revoked: { outlook: 'stopped', text: 'stopped for good; installers refuse it' },
};
