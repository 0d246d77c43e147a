/** Orders of hostile texts, as phrases made of concepts: one table for all languages. */
import { languageBits } from '../lexicon.ts';
import type { Phrase } from '../phrase.ts';
import type { Concept } from './concept.ts';

const english = languageBits('english');
const verbLast = languageBits('japanese', 'chinese', 'german');

/** "Ignore all previous instructions", "you are now … without restrictions". */
export const overridePhrases: readonly Phrase[] = [
  ...before('prior', 'rules', 3),
  ...before('own', 'rules', 3, ['content']),
  ...before('prior', 'limits', 2),
  ...before('own', 'limits', 2, ['content']),
  {
    needs: ['bypass', 'prior', ['rules', 'limits']],
    within: 5,
    close: [[1, 2, 2]],
    ordered: true,
    unless: ['content', 'user'],
  },
  { needs: ['ignore', 'every', 'rules'], within: 4, ordered: true, unless: ['content'] },
  { needs: ['ignore', 'every', 'rules'], within: 4, languages: verbLast, unless: ['content'] },
  { needs: ['void', ['prior', 'own'], ['rules', 'limits']], within: 7, close: [[1, 2, 3]] },
  { needs: ['persona', 'unbound'], within: 16 },
];

// "Ignore the previous instructions", "ignorez les instructions précédentes", "以前の指示を無視".
// Instructions "in a page" are data, and an agent should ignore them.
function before(
  which: Concept,
  what: Concept,
  words: number,
  unless?: readonly Concept[],
): Phrase[] {
  const rest = unless === undefined ? {} : { unless };
  return [
    { needs: ['ignore', which, what], within: 12, close: [[1, 2, words]], ordered: true, ...rest },
    {
      needs: ['ignore', what, which],
      within: 8,
      close: [[1, 2, words]],
      ordered: true,
      ...rest,
      ...(what === 'limits' ? { languages: ~english } : {}),
    },
    {
      needs: ['ignore', what, which],
      within: 8,
      close: [[1, 2, words + 1]],
      languages: verbLast,
      ...rest,
    },
  ];
}

/**
 * Phrases that are hostile also in strings and comments of programs. "Override the system prompt"
 * is not: honest programs explain options so.
 */
export const plainOverridePhrases: readonly Phrase[] = overridePhrases.filter(
  ({ needs }) => needs[0] === 'ignore' && needs.some((need) => need === 'prior'),
);

/** "Do not mention this to the user", "silently send …". */
export const concealmentPhrases: readonly Phrase[] = [
  {
    needs: ['tell', 'user', 'not'],
    within: 7,
    close: [[0, 2, 2.5]],
    languages: ~english,
    unless: ['ignore'],
  },
  {
    needs: ['not', 'tell', 'user'],
    within: 7,
    close: [[0, 1, 2.5]],
    ordered: true,
    unless: ['ignore'],
  },
  { needs: ['hide', 'user'], within: 7 },
  {
    needs: [
      'covert',
      ['send', 'gather'],
      ['secret', 'secret-file', 'private', 'outside', 'url', 'mail'],
    ],
    within: 12,
    close: [[0, 1, 5]],
  },
];

const secrets: readonly Concept[] = ['secret', 'opener', 'secret-file', 'private'];
const strangers: readonly Concept[] = ['outside', 'url', 'mail'];

/** Acts that must not be done silently. */
export const concealedActs: readonly Phrase[] = [
  { needs: ['send', secrets], within: 14, sentences: 2 },
  { needs: ['send', strangers], within: 12, sentences: 2 },
  { needs: ['gather', ['opener', 'secret-file']], within: 10, sentences: 3 },
  { needs: ['write', 'memory-file'], within: 12, sentences: 2 },
  { needs: ['pay', ['money', 'account']], within: 8, sentences: 2 },
];

/** "Read … and send it to …": a secret, a verb and a stranger. */
export const exfiltrationPhrases: readonly Phrase[] = [
  {
    needs: ['gather', ['secret', 'opener', 'secret-file'], 'send', strangers],
    within: 26,
    sentences: 2,
    ordered: true,
  },
  { needs: ['send', 'secret-file', strangers], within: 14, ordered: true },
  { needs: ['send', ['secret', 'opener'], strangers], within: 10, ordered: true },
  {
    needs: ['send', ['secret', 'opener', 'secret-file'], strangers],
    within: 14,
    languages: verbLast,
  },
];

/** The same with private data, or under a harmless name. */
export const privateDataPhrases: readonly Phrase[] = [
  { needs: ['send', 'private', strangers], within: 14, ordered: true },
  { needs: ['send', 'private', strangers], within: 14, languages: verbLast },
  { needs: ['send', 'private', 'excuse'], within: 12, unless: ['not'] },
];

/** "Fetch … and follow what it says". */
export const remotePhrases: readonly Phrase[] = [
  { needs: ['fetch', 'url', 'follow', 'orders'], within: 16, sentences: 2, ordered: true },
  { needs: ['follow', 'orders', 'url', 'fetch'], within: 16, sentences: 2, languages: verbLast },
];

/** "Ask the user for the password". */
export const solicitationPhrases: readonly Phrase[] = [
  { needs: ['ask', 'user', 'opener'], within: 9, unless: ['not'], languages: ~english },
  { needs: ['ask', 'user', 'opener'], within: 12, unless: ['not'], ordered: true },
];

/** Orders that no honest text hides. */
export const hiddenOrderPhrases: readonly Phrase[] = [
  { needs: ['send', [...secrets, ...strangers]], within: 10 },
  { needs: ['gather', ['secret-file', 'opener']], within: 10 },
  { needs: ['write', 'memory-file'], within: 10 },
  { needs: [['follow', 'fetch'], 'url'], within: 10 },
  { needs: ['delete', 'valuable'], within: 8 },
  { needs: ['pay', ['money', 'account']], within: 8 },
  { needs: ['covert', ['send', 'gather', 'fetch', 'write', 'delete', 'follow']], within: 5 },
];
