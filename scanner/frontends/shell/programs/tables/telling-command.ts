/** One row of the tables of commands whose words tell their purpose. */
import type { Trait } from '../../../../fact/fact.ts';

export interface TellingCommand {
  readonly programs: readonly string[];
  /**
   * Matched against the words behind the program, joined by blanks; `\0` stands for an unknown
   * part.
   */
  readonly form: RegExp;
  readonly trait: Trait;
  /** The effect, for the message; `$1` stands for the form's group. */
  readonly says: string;
}
