/**
 * All forms of orders that nobody gives in secret in good faith: for what is hidden or in disguise.
 */
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
