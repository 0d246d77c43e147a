/**
 * The reasons for which a run or session ends early. Each reason has a word for the audit log, a
 * meaning, and the next step for a person.
 */

/** The early ends of a run or session. In `next`, `RUN` stands for the id of the run or session. */
export const endReasons = {
  canary: {
    means: 'it sent the canary, a fake credential that only a thief would send',
    next: 'find out why before you start the program again: skillgate log --run RUN shows where the canary was found; the breaker is open: skillgate hold show shows the hold, and a person closes the breaker with skillgate hold allow ID',
  },
  breaker: {
    means:
      'its circuit breaker opened: it misbehaved too often or too gravely, and every run of it is stopped',
    next: 'skillgate log --run RUN shows what the run did; skillgate hold show shows the open breaker, and a person closes the breaker with skillgate hold allow ID',
  },
  revoked: {
    means: 'its version or its agent’s identity was revoked while it ran',
    next: 'skillgate log --run RUN shows what the run did until its end; skillgate agent show shows whether the identity is valid; skillgate run --plan NAME shows why a version is refused',
  },
  proxy: {
    means: 'its network proxy has ended',
    next: 'start the program again; skillgate doctor checks this host, and skillgate log --run RUN shows what the run did until its end',
  },
  killed: {
    means: 'a program outside the sandbox ended it',
    next: 'skillgate log --run RUN shows what the run did until its end',
  },
  'limit:seconds': {
    means: 'it exceeded its time limit',
    next: 'do less at once; skillgate log --run RUN shows what the run did',
  },
  'limit:memory': { means: 'it exceeded its memory limit', next: 'do less at once' },
  'limit:processes': {
    means: 'it exceeded its limit of processes',
    next: 'start fewer processes at the same time',
  },
  'limit:output': {
    means: 'it exceeded its limit of output',
    next: 'print less, or write into a file',
  },
  'limit:denials': {
    means: 'too many of its requests were denied',
    next: 'skillgate log --run RUN shows what was denied',
  },
  'limit:budget': {
    means: 'the budget of its agent is used up',
    next: 'skillgate agent show shows what is used; skillgate agent grant NAME --budget … raises the budget',
  },
} as const satisfies Record<string, { means: string; next: string }>;

export type EndCode = keyof typeof endReasons;

/** The next step for a person after a run or session ended early. */
export function nextStepAfter(word: EndCode, run: string): string {
  return endReasons[word].next.replace('RUN', run.slice(0, 8));
}

/** Whether a text is one of the words in `endReasons`. */
export function isEndCode(text: string): text is EndCode {
  return Object.hasOwn(endReasons, text);
}
