/**
 * The reasons for which a run or session ends early: the word in the audit log, its meaning, and
 * the next step for a person.
 */

/** In `next`, `RUN` stands for the id of the run or session. */
export const endReasons = {
  canary: {
    means: 'it sent a credential that stands in its sandbox only to be stolen',
    next: 'do not start it again before you know why: skillgate log --run RUN shows where it was seen; its breaker is open now: skillgate hold list, and a person closes it with skillgate hold allow ID',
  },
  breaker: {
    means: 'its breaker opened: it did too often, or once, what stops it for all runs',
    next: 'skillgate log --run RUN shows what it did; the breaker stays open: skillgate hold list, and a person closes it with skillgate hold allow ID',
  },
  revoked: {
    means: 'what it may do was revoked while it ran',
    next: 'skillgate log --run RUN shows what it did until then; skillgate agent list shows whether the identity stands, skillgate run --plan NAME why a version is refused',
  },
  proxy: {
    means: 'its way to the network is gone',
    next: 'start it again; skillgate doctor shows whether this host can, skillgate log --run RUN what it did until then',
  },
  killed: {
    means: 'it was ended from outside',
    next: 'skillgate log --run RUN shows what it did until then',
  },
  'limit:seconds': {
    means: 'it took longer than it may',
    next: 'do less at once; skillgate log --run RUN shows what it did',
  },
  'limit:memory': { means: 'it took more memory than it may', next: 'do less at once' },
  'limit:processes': {
    means: 'it started more processes than it may',
    next: 'start fewer at the same time',
  },
  'limit:output': {
    means: 'it printed more than it may',
    next: 'print less, or write into a file',
  },
  'limit:denials': {
    means: 'so much of what it asked for was denied that it was ended',
    next: 'skillgate log --run RUN shows what was denied',
  },
  'limit:budget': {
    means: 'the budget of its agent is used up',
    next: 'skillgate agent list shows what is used; skillgate agent grant NAME --budget … raises it',
  },
} as const satisfies Record<string, { means: string; next: string }>;

export type EndWord = keyof typeof endReasons;

/** The next step for a person after a run or session ended early. */
export function nextStepAfter(word: EndWord, run: string): string {
  return endReasons[word].next.replace('RUN', run.slice(0, 8));
}

/** Whether a text is one of the words in `endReasons`. */
export function isEndWord(text: string): text is EndWord {
  return Object.hasOwn(endReasons, text);
}
