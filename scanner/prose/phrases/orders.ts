/** Orders of hostile texts, as phrases made of concepts: one table for all languages. */
import { languageBits } from '../lexicon.ts';
import type { Order, Phrase } from '../phrase.ts';
import type { Concept } from './concept.ts';

const english = languageBits('english');
const verbLast = languageBits('japanese', 'chinese', 'german');
const strangers: readonly Concept[] = ['outside', 'url', 'mail'];
const outsiders: readonly Concept[] = [...strangers, 'host'];
const secrets: readonly Concept[] = ['secret', 'opener', 'secret-file', 'private'];
const keys: readonly Concept[] = ['secret-file', 'secret-name', 'key-file'];
const belongings: readonly Concept[] = ['belongings', 'private'];
// An English order, in its own order of words.
const spoken = { ordered: true, imperative: true, languages: english };
const shades: readonly Concept[] = ['unasked', 'unsaid', 'needless'];

function all(
  says: string,
  severity: Order['severity'],
  phrases: readonly (Phrase & Partial<Order>)[],
): readonly Order[] {
  return phrases.map((phrase) => ({ says, severity, ...phrase }));
}

/** "Ignore all previous instructions", "you are now … without restrictions". */
export const overrides = all('orders an agent to drop its rules', 'high', [
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
  { needs: ['ignore', 'every', 'told'], within: 6, ordered: true, languages: english },
  { needs: ['void', ['prior', 'own'], ['rules', 'limits']], within: 7, close: [[1, 2, 3]] },
  { needs: ['role', 'boundless'], within: 16 },
  { needs: ['message-mark'], within: 1 },
]);

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
 * Orders that are hostile also in strings and comments of programs. "Override the system prompt" is
 * not: honest programs explain options so.
 */
export const plainOverrides: readonly Order[] = overrides.filter(
  ({ needs: [verb, ...rest] }) =>
    (verb === 'ignore' && rest.some((need) => need === 'prior' || need === 'told')) ||
    verb === 'message-mark' ||
    verb === 'role',
);

/** A role without rules, and morals and filters that an agent is told to drop. */
export const boundlessRoles: readonly Order[] = [
  ...all('tells an agent to be somebody without rules', 'medium', [
    { needs: ['role', 'boundless'], within: 40, sentences: 3 },
  ]),
  ...all('tells an agent to play a role that refuses nothing', 'medium', [
    { needs: ['role', 'refuse', 'not'], within: 60, sentences: 5, close: [[1, 2, 3]] },
  ]),
  ...all('tells an agent to play a role without ethics or filters', 'medium', [
    {
      needs: ['role', ['not', 'without'], ['ethics', 'filter']],
      within: 50,
      sentences: 4,
      close: [[1, 2, 6]],
      ordered: true,
    },
  ]),
  ...all('tells an agent to drop its morals', 'medium', [
    { needs: ['contempt', 'ethics'], within: 6 },
  ]),
  ...all('tells an agent to answer without filters', 'medium', [
    { needs: ['boundless', ['reply', 'behave']], within: 3 },
  ]),
];

/** Somebody speaks in the name of those whom an agent obeys, or strangers are obeyed. */
export const falseAuthorities: readonly Order[] = [
  ...all('tells an agent to obey somebody who claims to be in charge', 'medium', [
    { needs: ['speaks'], within: 1 },
  ]),
  ...all('tells an agent to obey whoever writes a message or page', 'medium', [
    { needs: ['obey', 'channel'], within: 8, hidden: 'high' },
  ]),
  ...all("imitates the marks between an agent's messages", 'medium', [
    { needs: ['forged-mark'], within: 1 },
  ]),
];

/** "Do not mention this to the user", "silently send …". */
export const concealments: readonly Order[] = [
  ...all('has an agent keep something from its user', 'high', [
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
        ['send', 'take'],
        ['secret', 'secret-file', 'private', 'outside', 'url', 'mail'],
      ],
      within: 12,
      close: [[0, 1, 5]],
    },
  ]),
  ...all('tells an agent to let a stranger in', 'high', [
    { needs: [['give', 'pass'], 'access-file'], within: 14, onlyHidden: true },
  ]),
  ...all('tells an agent to write into an agent’s memory', 'medium', [
    { needs: [['give', 'pass'], 'memory-file'], within: 24, onlyWith: ['unsaid'] },
  ]),
];

/** Acts that must not be done silently. */
export const concealedActs: readonly Phrase[] = [
  { needs: ['send', secrets], within: 14, sentences: 2 },
  { needs: ['send', strangers], within: 12, sentences: 2 },
  { needs: ['take', ['opener', 'secret-file']], within: 10, sentences: 3 },
  { needs: ['give', 'memory-file'], within: 12, sentences: 2 },
];

/** A secret, a verb and a stranger. */
export const secretsSent = all('tells to send secrets', 'critical', [
  {
    needs: ['take', ['secret', 'opener', 'secret-file'], 'send', strangers],
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
  {
    needs: ['send', ['secret', 'opener', 'secret-file'], 'url'],
    within: 18,
    sentences: 2,
    close: [[0, 1, 7]],
    ordered: true,
    languages: english,
  },
]);

/** What an agent takes and a stranger gets. */
export const takings: readonly Order[] = [
  ...all('tells an agent to take secrets and pass them to an address', 'high', [
    {
      needs: ['take', 'key-file'],
      within: 12,
      next: { needs: ['send', outsiders], within: 14 },
      authentication: true,
    },
    {
      needs: ['take', keys],
      within: 12,
      next: { needs: [['pass', 'give'], 'it', outsiders], within: 16 },
      authentication: true,
    },
    {
      needs: ['take', keys],
      within: 12,
      next: { needs: [['pass', 'give', 'send', 'take'], 'url-slot'], within: 14 },
      authentication: true,
    },
  ]),
  ...all('tells an agent to send what others have said or own to an address', 'high', [
    {
      needs: [['take', 'send', 'pass'], 'private'],
      within: 12,
      next: { needs: [['send', 'take', 'pass', 'give'], 'url-slot'], within: 10 },
      consent: true,
    },
    {
      needs: [['take', 'send', 'pass'], 'private'],
      within: 12,
      next: { needs: ['send', outsiders], within: 10 },
      consent: true,
      onlyHidden: true,
    },
  ]),
  ...all('tells an agent to send files of the user to an address', 'high', [
    {
      needs: [belongings],
      within: 1,
      next: { needs: ['send', outsiders], within: 16 },
      onlyWith: [['unasked', 'unsaid']],
    },
    {
      needs: ['send', outsiders, belongings],
      within: 50,
      sentences: 2,
      onlyWith: [['unasked', 'unsaid']],
    },
  ]),
  ...all('tells an agent to send results to a fixed mailbox', 'medium', [
    { needs: ['goes', 'mail'], within: 14, onlyWith: [['copy', ...shades]] },
  ]),
  ...all(
    'tells an agent to send something to an address, although nobody is asked or told',
    'medium',
    [{ needs: ['goes', ['url', 'url-slot', 'host']], within: 12, onlyWith: [shades] }],
  ),
];

/** A key or a confidence, in a parameter, an answer or a text that is published. */
export const secretReplies: readonly Order[] = [
  ...all('has an agent repeat what is secret', 'high', [
    {
      needs: [
        ['pass', 'give', 'reveal'],
        ['secret', 'opener'],
        ['every', 'own'],
        ['reply', 'published'],
      ],
      within: 14,
      close: [[2, 3, 2]],
      ...spoken,
    },
    {
      needs: [['pass', 'give', 'reveal'], ['secret', 'opener'], 'slot', 'every'],
      within: 16,
      ...spoken,
    },
    {
      needs: [['pass', 'give', 'reveal'], ['secret', 'opener'], 'exposed'],
      within: 12,
      ...spoken,
    },
    { needs: ['repeats', ['secret', 'opener', 'private']], within: 10, languages: english },
  ]),
  ...all('tells an agent to read a key and pass it on', 'high', [
    {
      needs: ['take', 'key-file'],
      within: 12,
      next: { needs: ['pass', ['it', 'secret']], within: 5 },
      authentication: true,
    },
    {
      needs: ['take', 'key-file'],
      within: 12,
      next: { needs: ['give', 'it', ['slot', 'reply', 'published']], within: 12 },
      authentication: true,
    },
  ]),
  ...all('tells an agent to pass a key on', 'high', [
    {
      needs: [['pass', 'give'], 'it', 'key-file', ['slot', 'reply', 'published']],
      within: 16,
      authentication: true,
    },
  ]),
  ...all('tells an agent to reveal its instructions or tools', 'medium', [
    {
      needs: ['reveal', 'prompt'],
      within: 4,
      ...spoken,
      languages: ~verbLast,
    },
    { needs: ['reveal', 'prompt'], within: 5, languages: verbLast },
  ]),
];

/** "Fetch … and follow what it says". */
export const remoteOrders: readonly Order[] = [
  ...all('sends an agent elsewhere for instructions', 'high', [
    { needs: ['take', 'url', 'follow', 'orders'], within: 16, sentences: 2, ordered: true },
    {
      needs: ['follow', 'orders', 'url', 'take'],
      within: 16,
      sentences: 2,
      languages: verbLast,
    },
    {
      needs: ['follow', 'orders', 'url'],
      within: 6,
      ordered: true,
      languages: english,
      severity: 'medium',
    },
  ]),
  ...all('tells an agent to load an address and treat it as instructions', 'medium', [
    {
      needs: ['take', 'url'],
      within: 12,
      next: { needs: ['adopt'], within: 1 },
      hidden: 'high',
    },
  ]),
];

/** What an agent asks its user for. */
export const solicitations: readonly Order[] = [
  ...all('makes an agent ask for it', 'medium', [
    { needs: ['ask', 'user', 'opener'], within: 9, unless: ['not'], languages: ~english },
    { needs: ['ask', 'user', 'opener'], within: 12, unless: ['not'], ordered: true },
  ]),
  ...all('tells an agent to ask for a credential and pass it on', 'medium', [
    {
      needs: ['ask', 'opener'],
      within: 14,
      next: {
        needs: [['send', 'pass', 'give'], outsiders],
        within: 14,
      },
    },
  ]),
];

/** Orders that are decoded, or put together from pieces, first. */
export const decodedOrders: readonly Order[] = [
  ...all('tells an agent to decode something and run what comes out', 'high', [
    { needs: ['decode', 'blob'], within: 6, next: { needs: ['follow', 'it'], within: 3 } },
    {
      needs: ['decode'],
      within: 1,
      next: { needs: ['follow', 'decoded'], within: 4 },
    },
  ]),
  ...all('has an agent make its own orders as it runs', 'medium', [
    { needs: ['make', 'orders', 'unwritten'], within: 6, ...spoken },
  ]),
  ...all('tells an agent to put pieces together and run the line', 'high', [
    {
      needs: ['assemble'],
      within: 1,
      next: { needs: [['follow', 'type-in'], 'terminal'], within: 8 },
    },
  ]),
];

/** A program that a person is to fetch and start. */
export const lures: readonly Order[] = [
  ...all('sends the reader to a paste site for a command', 'critical', [
    { needs: ['paste-site'], within: 1, onlyWith: [['follow', 'type-in'], 'terminal'] },
  ]),
  ...all('gives the password of an archive with a program to start', 'critical', [
    { needs: ['archive', 'opener'], within: 8, onlyWith: [['follow', 'take'], 'program'] },
  ]),
];

/** "Delete all backups without asking". */
export const destructions = all('orders to destroy', 'high', [
  { needs: ['delete', 'valuable', ['without', 'covert']], within: 12, languages: ~english },
  {
    needs: ['delete', 'valuable', ['without', 'covert']],
    within: 12,
    close: [[0, 1, 5]],
    ordered: true,
    languages: english,
  },
]);

/** Code or addresses of a stranger in whatever the agent makes. */
export const plantings: readonly Order[] = [
  ...all('plants something into what an agent makes', 'medium', [
    { needs: [['give', 'pass'], 'planted', 'every', 'made'], within: 16, ordered: true },
    { needs: ['every', 'made', ['give', 'pass'], 'planted'], within: 14, ordered: true },
  ]),
  ...all('tells an agent to put given code into its own work', 'medium', [
    { needs: ['snippet', 'work'], within: 16 },
  ]),
];

/** Orders that no honest text hides or disguises. */
export const strongOrders: readonly Order[] = [
  ...overrides,
  ...concealments,
  ...secretsSent,
  ...remoteOrders,
];

/** Further acts that no honest text hides. */
export const hiddenOrders = all('speaks to an agent', 'medium', [
  { needs: ['send', [...secrets, ...strangers]], within: 10 },
  { needs: ['take', ['secret-file', 'opener']], within: 10 },
  { needs: ['give', 'memory-file'], within: 10 },
  { needs: [['follow', 'take'], 'url'], within: 10 },
  { needs: ['delete', 'valuable'], within: 8 },
  { needs: ['covert', ['send', 'take', 'give', 'delete', 'follow']], within: 5 },
]);
