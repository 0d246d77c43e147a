/**
 * Phrases of hostile texts about memory, money, files and judgement, made of concepts: one table
 * for all languages.
 */
import { languageBits } from '../lexicon.ts';
import type { Phrase } from '../phrase.ts';

const notEnglish = ~languageBits('english');

/** "Transfer the whole balance to …". */
export const paymentPhrases: readonly Phrase[] = [
  { needs: ['pay', 'money', ['always', 'without', 'covert']], within: 9, languages: notEnglish },
];

/** "Delete all backups". */
export const destructionPhrases: readonly Phrase[] = [
  { needs: ['delete', 'valuable', ['without', 'covert']], within: 12, languages: notEnglish },
];
