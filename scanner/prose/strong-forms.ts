/** All forms of orders that no honest text hides: for hidden and disguised text. */

import { concealments, exfiltrations, overrides, remoteInstructionForms } from './lures.ts';
import {
  concealmentPhrases,
  exfiltrationPhrases,
  overridePhrases,
  remotePhrases,
} from './phrases/orders.ts';
import type { Form } from './statements.ts';

export const strongForms: readonly Form[] = [
  ...overridePhrases,
  ...overrides,
  ...concealmentPhrases,
  ...concealments,
  ...exfiltrationPhrases,
  ...exfiltrations,
  ...remotePhrases,
  ...remoteInstructionForms,
];
