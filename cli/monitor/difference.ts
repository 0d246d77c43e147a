/**
 * What a registry shows that its log does not bear out, in words for the person who is woken up by
 * it.
 */

/** What each kind of difference means. */
export const differenceMeanings = {
  'log-rolled-back':
    'The log lost entries that were seen here before. Everything that was said in them is gone: revocations, ends of keys.',
  'log-forked':
    'The log’s key signed two histories. Some people are shown another log than others.',
  'log-withheld':
    'Entries of the log are not shown, or are not those that its signed head commits to.',
  'witnesses-missing':
    'Nothing shows that others see the same log; installers that follow the same policy refuse every version.',
  'statement-withheld':
    'Nobody can check what was signed there. It may revoke a version or end a key: treat it as if it did.',
  'statement-unverifiable':
    'A statement that lies in the log cannot be verified by what is trusted here. What it is about is frozen.',
  'status-behind': 'Revocations that were logged since are in no status that installers are shown.',
  'mark-missing':
    'Installers that rest on this status install a version that the log says must not be installed.',
  'mark-unfounded':
    'Nobody signed what the status says. The registry stops a version that it may not stop.',
  'line-withheld':
    'An index line stays for ever. Whoever takes one away hides that version, and every word on it, from those who ask now.',
  'not-shown':
    'The registry shows the head of its log and has not shown the rest for too long, so nobody can compare them. It is broken, or it hides something.',
  'line-hides':
    'The line leaves out statements: installers take a version that they would refuse if they knew the whole log.',
  'verdict-unfounded':
    'The verdict rests on a statement that is not in this log at its place. Nobody can check what the log says of that version: treat it as revoked.',
  'line-unfounded': 'The line rests on a statement that is not in this log at its place.',
} as const;

export type DifferenceCode = keyof typeof differenceMeanings;

export interface Difference {
  readonly code: DifferenceCode;
  /** For example `log index 19`, `status.json`, `@acme/hello@1.1.0`. */
  readonly place: string;
  readonly message: string;
}

export function withheldStatement(index: number): Difference {
  const message = `The registry does not show the statement that was logged at index ${index}`;
  return { code: 'statement-withheld', place: `log index ${index}`, message };
}
