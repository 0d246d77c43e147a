/** Written by `npm run lists`: the rules in the folder obfuscation. */
import type { Rule } from '../rule.ts';
import { computedInstructions } from './obfuscation/computed-instructions.ts';
import { decodeAndRun } from './obfuscation/decode-and-run.ts';
import { disguisedFile } from './obfuscation/disguised-file.ts';
import { encodedProgram } from './obfuscation/encoded-program.ts';
import { evasion } from './obfuscation/evasion.ts';
import { hiddenCharacters, hiddenName } from './obfuscation/hidden-characters.ts';
import { minified } from './obfuscation/minified.ts';
import { mixedScript } from './obfuscation/mixed-script.ts';
import { obfuscator } from './obfuscation/obfuscator.ts';
import { opaqueBlob } from './obfuscation/opaque-blob.ts';
import { padding } from './obfuscation/padding.ts';
import { selfExtracting } from './obfuscation/self-extracting.ts';
import { shadowedLibrary } from './obfuscation/shadowed-library.ts';
import { textFromNumbers } from './obfuscation/text-from-numbers.ts';
import { misleadingEncoding, unanalysed } from './obfuscation/unanalysed.ts';

export const obfuscationRules: readonly Rule[] = [
  computedInstructions,
  decodeAndRun,
  disguisedFile,
  encodedProgram,
  evasion,
  hiddenCharacters,
  hiddenName,
  minified,
  misleadingEncoding,
  mixedScript,
  obfuscator,
  opaqueBlob,
  padding,
  selfExtracting,
  shadowedLibrary,
  textFromNumbers,
  unanalysed,
];
