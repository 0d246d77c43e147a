/** Meanings of calls in languages without a parser, by their text alone. */
import { compiledForms } from './lexical-compiled.ts';
import type { LexicalForm } from './lexical-form.ts';
import { scriptForms } from './lexical-scripts.ts';
import { windowsForms } from './lexical-windows.ts';

export const lexicalForms: readonly LexicalForm[] = [
  ...windowsForms,
  ...scriptForms,
  ...compiledForms,
];
