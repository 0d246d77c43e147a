/** Frames of orders: whom an agent is told to obey, and what to become. */
import type { ProseFrame } from './frame.ts';

/** Text from elsewhere that counts as instructions. */
export const foreignOrders: readonly ProseFrame[] = [
  {
    says: 'load an address and treat it as instructions',
    steps: [
      { needs: [['fetch', 'take'], 'url'], within: 12 },
      { needs: ['adopt'], within: 1 },
    ],
    apart: 3,
    severity: 'medium',
    hidden: 'high',
  },
  {
    says: 'load an address and enter in a terminal what it says',
    steps: [
      { needs: [['fetch', 'take'], 'url'], within: 12 },
      { needs: [['type-in', 'execute'], 'terminal'], within: 8 },
    ],
    apart: 3,
    severity: 'high',
    onlyWith: ['unasked', 'unsaid', 'outrank'],
  },
];

/** Orders of others than the user. */
export const strangersObeyed: readonly ProseFrame[] = [
  {
    says: 'obey whoever writes a message or page',
    steps: [{ needs: ['obey', 'channel'], within: 8 }],
    severity: 'medium',
    hidden: 'high',
  },
  {
    says: 'refuse nothing',
    steps: [{ needs: ['comply', 'request'], within: 5 }],
    severity: 'medium',
  },
  {
    says: 'behave otherwise from now on',
    steps: [{ needs: ['henceforth', 'behave'], within: 4 }],
    severity: 'medium',
  },
];

/** Somebody speaks in the name of those whom an agent obeys. */
export const claimsOfAuthority: readonly ProseFrame[] = [
  {
    says: 'obey somebody who claims to be in charge',
    steps: [{ needs: ['speaks'], within: 1 }],
    severity: 'medium',
  },
  {
    says: 'obey somebody who claims to be in charge',
    steps: [{ needs: ['claims', 'authority'], within: 10 }],
    severity: 'medium',
  },
];

/** A role without rules. */
export const boundlessRoles: readonly ProseFrame[] = [
  {
    says: 'be somebody without rules',
    steps: [{ needs: ['role', 'boundless'], within: 40, sentences: 3 }],
    together: true,
    severity: 'medium',
  },
  {
    says: 'play a role that refuses nothing',
    steps: [
      { needs: ['role'], within: 1 },
      { needs: ['refuse', 'not'], within: 3 },
    ],
    apart: 6,
    together: true,
    severity: 'medium',
  },
  {
    says: 'play a role without ethics or filters',
    steps: [
      { needs: ['role'], within: 1 },
      {
        needs: [
          ['not', 'without'],
          ['ethics', 'filter'],
        ],
        within: 6,
        ordered: true,
      },
    ],
    apart: 4,
    together: true,
    severity: 'medium',
  },
];

/** Morals and filters that an agent is told to drop. */
export const droppedMorals: readonly ProseFrame[] = [
  {
    says: 'drop its morals',
    steps: [{ needs: ['contempt', ['policy', 'ethics']], within: 6 }],
    severity: 'medium',
  },
  {
    says: 'drop its morals',
    steps: [{ needs: ['ignore', 'policy'], within: 4 }],
    severity: 'medium',
  },
  {
    says: 'answer without filters',
    steps: [{ needs: ['boundless', ['reply', 'behave']], within: 3 }],
    severity: 'medium',
  },
];

/** Code of a stranger in whatever the agent makes. */
export const plantedCode: readonly ProseFrame[] = [
  {
    says: 'put given code into its own work',
    steps: [{ needs: ['snippet', 'work'], within: 16 }],
    severity: 'medium',
  },
];

/** What opens the machine to a stranger, or an agent's later sessions, unknown to the user. */
export const secretEntries: readonly ProseFrame[] = [
  {
    says: 'let a stranger in',
    steps: [{ needs: [['write', 'give', 'pass'], 'access-file'], within: 14 }],
    severity: 'high',
    onlyHidden: true,
  },
  {
    says: 'write into an agent’s memory',
    steps: [{ needs: [['write', 'give', 'pass'], 'memory-file'], within: 24 }],
    severity: 'medium',
    onlyWith: ['unsaid'],
  },
];

/** Orders that are decoded first. */
export const decodedOrders: readonly ProseFrame[] = [
  {
    says: 'decode something and run what comes out',
    steps: [
      { needs: ['decode', 'blob'], within: 6 },
      { needs: ['execute', 'it'], within: 3 },
    ],
    severity: 'high',
  },
];
