/**
 * Phrases of hostile texts about memory, money, files and judgement, made of concepts: one table
 * for all languages.
 */
import { languageBits } from '../lexicon.ts';
import type { Phrase } from '../phrase.ts';

const notEnglish = ~languageBits('english');

/** "Add this to MEMORY.md so that every session …". */
export const memoryPhrases: readonly Phrase[] = [
  { needs: ['write', 'memory-file', 'lasting'], within: 24, sentences: 2 },
  { needs: ['write', 'memory', 'lasting'], within: 9, languages: notEnglish },
];

/** "Always rank our product first". */
export const biasPhrases: readonly Phrase[] = [
  { needs: ['favour', 'top', 'always'], within: 9, languages: notEnglish },
];

/** "Transfer the whole balance to …". */
export const paymentPhrases: readonly Phrase[] = [
  { needs: ['pay', 'money', ['always', 'without', 'covert']], within: 9, languages: notEnglish },
];

/** "Delete all backups". */
export const destructionPhrases: readonly Phrase[] = [
  { needs: ['delete', 'valuable', ['without', 'covert']], within: 12, languages: notEnglish },
];

/** "Turn off the antivirus first". */
export const defencePhrases: readonly Phrase[] = [
  { needs: ['off', 'defence'], within: 4, unless: ['not'] },
];
