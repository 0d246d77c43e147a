/**
 * Frames of secrets and confidences: what an agent is told to take, and to whom it goes. One table
 * for all languages.
 */

import { languageBits } from '../lexicon.ts';
import type { Concept } from '../phrases/concept.ts';
import type { ProseFrame } from './frame.ts';

const verbLast = languageBits('japanese', 'chinese', 'german');
const passOn: readonly Concept[] = ['pass', 'give', 'send'];
const strangers: readonly Concept[] = ['url', 'outside', 'host', 'mail'];
const keys: readonly Concept[] = ['secret-file', 'secret-name', 'environment'];
const confidences: readonly Concept[] = ['talk', 'private'];

/** A key or password, to an address. */
export const secretToStranger: readonly ProseFrame[] = [
  {
    says: 'take a key and send it to an address',
    steps: [
      { needs: ['take', 'key-file'], within: 12 },
      { needs: ['send', strangers], within: 14 },
    ],
    apart: 2,
    severity: 'high',
    authentication: true,
  },
  {
    says: 'take a key and pass it to an address',
    steps: [
      { needs: ['take', 'key-file'], within: 12 },
      { needs: [['pass', 'give'], 'it', strangers], within: 16 },
    ],
    apart: 2,
    severity: 'high',
    authentication: true,
  },
  {
    says: 'take secrets and pass them to an address',
    steps: [
      { needs: ['take', keys], within: 12 },
      { needs: [['pass', 'give'], 'it', strangers], within: 16 },
    ],
    severity: 'high',
    authentication: true,
  },
  {
    says: 'put secrets into an address',
    steps: [
      { needs: ['take', keys], within: 12 },
      { needs: [[...passOn, 'take', 'fetch'], 'url-slot'], within: 14 },
    ],
    severity: 'high',
    authentication: true,
  },
  {
    says: 'send what others have said or own to an address',
    steps: [
      { needs: [['take', 'send', 'pass'], confidences], within: 12 },
      { needs: [['send', 'take', 'fetch', 'pass', 'give'], 'url-slot'], within: 10 },
    ],
    severity: 'high',
    consent: true,
  },
  {
    says: 'send what others have said or own to an address',
    steps: [
      { needs: [['take', 'gather', 'send', 'pass'], confidences], within: 12 },
      { needs: ['send', strangers], within: 10 },
    ],
    severity: 'high',
    consent: true,
    onlyHidden: true,
  },
  {
    says: 'hand the output of one tool to a stranger',
    steps: [
      { needs: ['take', 'tool', 'it'], within: 8 },
      { needs: ['send', 'tool', 'outside'], within: 6 },
    ],
    severity: 'high',
  },
  {
    says: 'take data away',
    steps: [
      {
        needs: ['weapon', ['private', 'secret', 'environment', 'talk', 'secret-file']],
        within: 4,
        ordered: true,
      },
    ],
    imperative: true,
    severity: 'high',
  },
  {
    says: 'take data away',
    steps: [{ needs: ['weapon', 'every', 'data'], within: 4, ordered: true }],
    imperative: true,
    severity: 'high',
  },
  {
    says: 'send all data to a host',
    steps: [{ needs: ['send', 'every', 'data', ['host', 'outside']], within: 8, ordered: true }],
    imperative: true,
    severity: 'high',
  },
  {
    says: 'send data away in silence',
    steps: [
      {
        needs: ['send', ['silent', 'covert'], ['data', 'private', 'secret']],
        within: 6,
        close: [[0, 1, 2]],
      },
    ],
    severity: 'high',
  },
];

/** A key or a confidence, in a parameter, an answer or a text that is published. */
export const secretPassedOn: readonly ProseFrame[] = [
  {
    says: 'read a key and pass it on',
    steps: [
      { needs: ['take', 'key-file'], within: 12 },
      { needs: ['pass', ['it', 'secret']], within: 5 },
    ],
    severity: 'high',
    authentication: true,
  },
  {
    says: 'read a key and write it where others read',
    steps: [
      { needs: ['take', 'key-file'], within: 12 },
      { needs: ['give', 'it', ['slot', 'reply', 'published']], within: 12 },
    ],
    severity: 'high',
    authentication: true,
  },
  {
    says: 'pass a key on',
    steps: [
      {
        needs: [['pass', 'give'], 'it', 'key-file', ['slot', 'reply', 'published']],
        within: 16,
      },
    ],
    severity: 'high',
    authentication: true,
  },
  {
    says: 'read a file of secrets or settings and pass it on',
    steps: [
      { needs: ['take', ['secret-file', 'memory-file']], within: 8 },
      { needs: ['pass', 'it'], within: 3, ordered: true },
    ],
    severity: 'medium',
    hidden: 'high',
    authentication: true,
  },
  {
    says: 'read all environment variables',
    steps: [{ needs: ['take', 'every', 'environment'], within: 4, ordered: true }],
    severity: 'medium',
  },
  {
    says: 'pass on what the user says, or its own instructions',
    steps: [
      {
        needs: [
          ['pass', 'give'],
          ['talk', 'prompt', 'toolset'],
          ['slot', 'url', 'outside', 'published'],
        ],
        within: 14,
      },
    ],
    severity: 'medium',
    hidden: 'high',
    consent: true,
    onlyHidden: true,
  },
  {
    says: 'reveal its instructions or tools',
    steps: [{ needs: ['reveal', 'prompt'], within: 4, ordered: true, languages: ~verbLast }],
    imperative: true,
    severity: 'medium',
  },
  {
    says: 'reveal its instructions or tools',
    steps: [{ needs: ['reveal', 'prompt'], within: 5, languages: verbLast }],
    severity: 'medium',
  },
];
