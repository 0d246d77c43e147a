/**
 * Frames of acts that no text orders of an honest agent: to obey whoever writes a field or page, to
 * start what an address serves, to hand over more than the task needs. One table for all languages.
 */
import type { Concept } from '../phrases/concept.ts';
import type { ProseFrame } from './frame.ts';

const strangers: readonly Concept[] = ['url', 'outside', 'host', 'mail'];
const sending: readonly Concept[] = ['send', 'deliver'];
const acting: readonly Concept[] = ['execute', 'follow', 'launch', 'do-it'];
const belongings: readonly Concept[] = ['belongings', 'talk'];
// What honest texts do not add: that nobody looks, asks or hears of it.
const unseen: readonly Concept[] = ['unasked', 'unsaid', 'unchecked'];

/** Text of others that counts as the word of the user. */
export const othersObeyed: readonly ProseFrame[] = [
  {
    says: 'take the words of others for the user’s',
    steps: [{ needs: ['as-user', 'regard', 'foreign'], within: 24, sentences: 2 }],
    severity: 'medium',
    hidden: 'high',
  },
  {
    says: 'put the words of others above the user’s',
    steps: [{ needs: ['foreign', 'wish', 'user', 'outrank'], within: 9 }],
    severity: 'high',
    onlyWith: acting,
  },
  {
    says: 'carry out what others write to it',
    steps: [
      { needs: ['foreign', 'to-agent'], within: 14, sentences: 2 },
      { needs: [acting, ['it', 'orders', 'every', 'do-it']], within: 6 },
    ],
    apart: 3,
    severity: 'medium',
  },
  {
    says: 'carry out at once what others write',
    steps: [
      { needs: ['foreign', 'holds'], within: 7 },
      { needs: ['do-it', 'at-once'], within: 4 },
    ],
    apart: 1,
    severity: 'high',
  },
  {
    says: 'carry out what others write, unseen',
    steps: [
      { needs: ['foreign', 'holds'], within: 7 },
      { needs: ['do-it'], within: 1 },
    ],
    apart: 1,
    severity: 'high',
    onlyWith: ['unasked', 'unsaid'],
  },
];

/** Programs that are fetched and started while nobody looks. */
export const programsStarted: readonly ProseFrame[] = [
  {
    says: 'fetch something and start it, unseen',
    steps: [{ needs: ['download', 'launch'], within: 24, sentences: 2, ordered: true }],
    severity: 'high',
    onlyWith: unseen,
  },
  {
    says: 'fetch an address and run what it holds, unseen',
    steps: [
      { needs: ['download', 'url'], within: 8 },
      { needs: [['execute', 'launch', 'do-it']], within: 1 },
    ],
    apart: 1,
    severity: 'high',
    onlyWith: ['unsaid'],
  },
  {
    says: 'run what an address serves without asking',
    steps: [{ needs: [['execute', 'launch'], 'url', 'unasked'], within: 20 }],
    severity: 'high',
  },
  {
    says: 'open a locked archive and start what is in it',
    steps: [
      { needs: ['archive', 'opener'], within: 14, sentences: 2 },
      { needs: ['launch'], within: 1 },
    ],
    severity: 'high',
  },
];

/** More of the user's files than a task needs, or the agent's environment, to an address. */
export const belongingsToStranger: readonly ProseFrame[] = [
  {
    says: 'send files of the user to an address',
    steps: [
      { needs: [[...sending, 'take', 'gather', 'pass'], belongings], within: 30 },
      { needs: [sending, strangers], within: 16 },
    ],
    severity: 'high',
    onlyWith: ['unasked', 'unsaid'],
  },
  {
    says: 'send files of the user to an address',
    steps: [{ needs: [sending, strangers, belongings], within: 50, sentences: 2 }],
    severity: 'high',
    onlyWith: ['unasked', 'unsaid'],
  },
  {
    says: 'send files of the user to an address, piece by piece',
    steps: [
      { needs: [sending, 'url-slot'], within: 8 },
      { needs: [[...sending, 'take', 'gather', 'pass'], belongings], within: 20 },
    ],
    apart: 3,
    severity: 'high',
    onlyWith: ['unasked', 'unsaid'],
  },
  {
    says: 'put secrets into a field of a request',
    steps: [
      { needs: [sending, strangers], within: 12 },
      { needs: ['printed', ['secret-file', 'environ']], within: 8 },
    ],
    apart: 5,
    severity: 'high',
  },
  {
    says: 'put its environment into a request',
    steps: [
      { needs: [['take', 'printed'], 'environ'], within: 12 },
      {
        needs: [
          [...sending, 'pass', 'give'],
          [...strangers, 'slot'],
        ],
        within: 14,
      },
    ],
    severity: 'high',
    onlyWith: ['unasked', 'unsaid'],
  },
  {
    says: 'look for keys and put them into what it writes',
    steps: [
      { needs: [['environ', 'talk'], 'key-shape'], within: 30, sentences: 2 },
      {
        needs: [
          [...sending, 'pass', 'give', 'write'],
          ['it', ...strangers, 'slot'],
        ],
        within: 6,
      },
    ],
    apart: 3,
    severity: 'high',
    onlyWith: ['unasked', 'unsaid'],
  },
];

/** A receiver of mails, or a guest of documents, of whom the user does not hear. */
export const silentReceivers: readonly ProseFrame[] = [
  {
    says: 'send a blind copy of every mail to a fixed address',
    steps: [{ needs: ['blind-copy', 'mail', 'every'], within: 12, sentences: 2 }],
    severity: 'high',
    consent: true,
  },
  {
    says: 'send a blind copy to a fixed address',
    steps: [{ needs: ['blind-copy', 'mail'], within: 6 }],
    severity: 'high',
    onlyWith: ['unasked', 'unsaid'],
  },
  {
    says: 'let an address in',
    steps: [{ needs: [['give', 'pass'], 'mail'], within: 5, ordered: true }],
    severity: 'high',
    onlyWith: ['unsaid'],
  },
];

/** Orders put together from pieces, or decoded, that nobody else reads. */
export const ordersAssembled: readonly ProseFrame[] = [
  {
    says: 'put pieces together and run the line',
    steps: [
      { needs: ['assemble'], within: 1 },
      { needs: [[...acting, 'type-in'], 'terminal'], within: 8 },
    ],
    severity: 'high',
  },
  {
    says: 'put pieces together and do what they say',
    steps: [
      { needs: ['assemble'], within: 1 },
      { needs: [acting], within: 1 },
    ],
    severity: 'medium',
    onlyWith: ['unasked', 'unsaid'],
  },
  {
    says: 'decode and carry out what nobody else reads',
    steps: [{ needs: ['decode', acting], within: 8, ordered: true }],
    severity: 'high',
    onlyWith: ['unasked', 'unsaid'],
  },
];
