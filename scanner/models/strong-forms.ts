/** All forms of orders that no honest text hides: for hidden and disguised text. */
import type { Form } from '../prose/statements.ts';
import { concealments, exfiltrations, overrides, remoteInstructionForms } from './lures.ts';
import {
  concealmentPhrases,
  exfiltrationPhrases,
  overridePhrases,
  remotePhrases,
} from './phrases/orders.ts';

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
