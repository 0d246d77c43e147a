/**
 * A difference between a registry's answers and its log, described for the person who is alerted.
 */

/** What each kind of difference means. */
export const differenceMeanings = {
  'log-rolled-back':
    'The log lost entries that were seen here before. Revocations and ended keys in these entries are lost.',
  'log-forked':
    'The log’s key signed two histories. The registry shows different logs to different people.',
  'log-withheld':
    'The registry does not show entries of the log, or shows entries that differ from the signed head.',
  'map-wrong':
    'The map of names in this signed head is another one than its entries have. Installers that rely on the map miss a statement: a revocation, the end of a key, or the true first claim of a scope.',
  'map-missing':
    'This head has no map of names. Without the map, the registry can hide a revocation or the end of a key from a new installer.',
  'witnesses-missing':
    'There is no proof that others see the same log. Installers with the same policy reject every version.',
  'statement-withheld':
    'Nobody can check this statement. It may revoke a version or end a key; assume that it does. A registry shows the statements about a private scope to its readers alone: ask the operator for a token that reads everything, and keep it with skillgate registry token URL.',
  'statement-unverifiable':
    'The root of trust of this host cannot verify a statement in the log. The scope or version that the statement names is frozen.',
  'status-behind':
    'The head that installers see lacks the revocations that were logged after this head.',
  'stop-unfounded':
    'No signed statement supports this stop. Installers that ask for a range of versions get another version.',
  'line-withheld':
    'An index line must stay for ever. Without it, installers cannot see the version or any statement about it. Where this monitor reads with a token, the operator may have ended the token.',
  'not-shown':
    'The registry shows the head of its log, but has withheld its contents for too long, so nobody can compare them. The registry is broken, or it hides something.',
  'line-hides':
    'The line omits statements. Installers accept a version that they would reject if they knew the whole log.',
  'summary-unfounded':
    'The verification summary depends on a statement that is not in this log at the named index. Nobody can check that version against the log; treat the version as revoked.',
  'line-unfounded': 'The line depends on a statement that is not in this log at the named index.',
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
