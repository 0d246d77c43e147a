/** Frames of protections that a page has taken down for good. */
import type { ProseFrame } from './frame.ts';

export const defencesLowered: readonly ProseFrame[] = [
  {
    says: 'take a protection down for good',
    steps: [{ needs: ['lowered', 'shield'], within: 8 }],
    severity: 'medium',
    onlyWith: ['for-good', 'unasked', 'presumed', 'unsaid', 'withheld', 'needless'],
  },
  {
    says: 'put findings on a list of exceptions for good',
    steps: [{ needs: ['finding', 'exempted'], within: 14 }],
    severity: 'medium',
  },
  {
    says: 'give a container the whole machine',
    steps: [{ needs: ['privileged', 'host-root'], within: 16, unless: ['not', 'none'] }],
    severity: 'medium',
  },
  {
    says: 'keep an administrator out of the lists',
    steps: [{ needs: [['admin', 'credential'], 'unlisted', 'roster'], within: 24 }],
    anchor: ['unlisted'],
    severity: 'medium',
  },
];
