/** Frames of texts that plant themselves where nobody asked for them. */
import type { ProseFrame } from './frame.ts';

export const selfPlanted: readonly ProseFrame[] = [
  {
    says: 'plant this text in other projects',
    steps: [{ needs: ['planted', 'itself', 'elsewhere', 'memory-file'], within: 28, sentences: 2 }],
    severity: 'medium',
  },
  {
    says: 'plant this text in memories',
    steps: [{ needs: ['planted', 'itself', 'memory-file'], within: 22 }],
    severity: 'medium',
    onlyWith: ['unasked', 'presumed', 'unsaid', 'withheld', 'needless', 'unseen'],
  },
  {
    says: 'plant a hook into every repository',
    steps: [{ needs: ['planted', 'git-template'], within: 14 }],
    severity: 'medium',
    onlyWith: ['elsewhere', 'itself', 'unasked', 'presumed', 'unsaid', 'withheld', 'needless'],
  },
  {
    says: 'have an agent started with a text from an address',
    steps: [{ needs: ['schedule', 'starter', 'url'], within: 44, sentences: 2 }],
    anchor: ['schedule'],
    severity: 'medium',
  },
  {
    says: 'plant text that nobody sees',
    steps: [{ needs: ['planted', 'unseen'], within: 14 }],
    severity: 'medium',
    ambiguous: true,
  },
];
