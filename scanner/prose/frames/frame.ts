/**
 * A frame: who is told to do what, with which object, to which receiver. Its steps are phrases that
 * stand in one sentence each, and follow one another within a passage.
 */
import type { Severity } from '../../../skills-index/statement/finding.ts';
import type { Phrase } from '../phrase.ts';
import type { Concept } from '../phrases/concept.ts';

export interface ProseFrame {
  /** For messages, behind "tells an agent to". */
  readonly says: string;
  /** In the order of the text. The first need of each is the verb. */
  readonly steps: readonly Phrase[];
  /**
   * Concepts of which one is the centre of a passage to read: its rarest words. By default the last
   * need of the first step.
   */
  readonly anchor?: readonly Concept[];
  /** The greatest number of sentences from one step to the next; 2 by default. */
  readonly apart?: number;
  readonly severity: Severity;
  /** The severity when the text also keeps it from the user; `severity` by default. */
  readonly hidden?: Severity;
  /** Whether the last verb must begin a clause: "exfiltrate …", "then reveal …". */
  readonly imperative?: boolean;
  /** Whether all steps must stand in one text: a paragraph, an item, a cell. */
  readonly together?: boolean;
  /** Whether it is hostile only when the text keeps it from the user. */
  readonly onlyHidden?: boolean;
  /**
   * Whether honest pages have its words at least as often as attacks. Alone it is reported and
   * decides nothing. Beside another frame it counts.
   */
  readonly ambiguous?: boolean;
  /** Concepts of which one must stand near it: that nobody is asked, or hears of it. */
  readonly onlyWith?: readonly Concept[];
  /** What must stand near it: a literal that no concept has, such as an account number. */
  readonly near?: RegExp;
  /** Whether a question to the user, or the user's consent, makes it harmless. */
  readonly consent?: boolean;
  /** Whether a key for the service that is asked makes it harmless. */
  readonly authentication?: boolean;
}
