/** Frames of credentials that are asked for, and of receivers whom a page fixes beforehand. */
import type { Concept } from '../phrases/concept.ts';
import type { ProseFrame } from './frame.ts';

const strangers: readonly Concept[] = ['url', 'url-slot', 'mail', 'host', 'outside'];

/** A credential that the user is asked for, and somebody else gets. */
export const credentialsPassedOn: readonly ProseFrame[] = [
  {
    says: 'ask for a credential and pass it on',
    steps: [
      { needs: ['solicit', 'credential'], within: 14 },
      { needs: ['conveyed', strangers], within: 14 },
    ],
    apart: 2,
    severity: 'medium',
  },
  {
    says: 'write a credential where others read it',
    steps: [
      {
        needs: ['conveyed', ['shared-place', 'url-slot'], 'credential'],
        within: 16,
      },
    ],
    severity: 'medium',
  },
];

/** Copies of the user’s work for an address that is part of the page. */
export const fixedReceivers: readonly ProseFrame[] = [
  {
    says: 'send results to a fixed mailbox',
    steps: [{ needs: ['goes', 'mail'], within: 14 }],
    severity: 'medium',
    onlyWith: ['copy', 'routine', 'unasked', 'presumed', 'unsaid', 'withheld', 'needless'],
  },
  {
    says: 'send a copy to a fixed address',
    steps: [{ needs: ['goes', 'copy', ['url', 'host', 'url-slot']], within: 16 }],
    anchor: ['copy'],
    severity: 'medium',
  },
  {
    says: 'send results to a fixed address as a matter of course',
    steps: [{ needs: ['goes', ['url', 'host', 'url-slot']], within: 10 }],
    severity: 'medium',
    ambiguous: true,
    onlyWith: ['routine', 'unasked', 'presumed', 'unsaid', 'withheld', 'needless'],
  },
];
