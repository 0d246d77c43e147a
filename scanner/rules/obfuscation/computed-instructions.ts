/** The instructions tell to run a program that does nothing but print a text hidden in it. */
import type { FactOf } from '../../fact/fact.ts';
import { runs } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const computedInstructions = defineRule({
  id: 'obfuscation/computed-instructions',
  title: 'Instructions that a program spells out',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'The program takes no input and prints a text that it builds from its own scrambled letters. The agent reads the text as instructions; the reviewer does not see it.',
  fix: 'Write the text as it is.',
  maps: {
    cwe: ['CWE-506'],
    owasp: ['AST08', 'LLM01', 'ASI01'],
    attack: ['T1027', 'T1140', 'AML.T0051'],
  },
  reads: ['text:fence'],
  check: ({ of }) =>
    of('text')
      .filter((fact) => runs(fact) && spellsOut(fact))
      .map((fact) => ({
        span: fact.span,
        message: 'the program prints a text that is put together from scrambled letters in it',
      })),
});

function spellsOut({ text: written, detail }: FactOf<'text'>): boolean {
  if (!/^(shell|console|python|javascript|typescript|bash|sh|)$/.test(detail)) return false;
  const text = written.replace(seam, '');
  const isProgram = /\bprint\s?\(|console\.log\s?\(/.test(text) && !takesIn.test(text);
  return isProgram && unscrambles.test(text) && carries.test(text);
}

/** Anything from outside: then what is printed is a result, not a secret of the text. */
const takesIn =
  /\b(open|input|urlopen|read_text|read_csv|get|post|fetch|require|run|Popen|system|execSync|exec_command|connect|load)\s?\(|\bsys\.(argv|stdin)|\bargparse\b|\bprocess\.(argv|env|stdin)|\bos\.(environ|path|listdir)|\bPath\s?\(|\bfrom ['"]\.|\bimport (requests|httpx|pandas|numpy|torch)\b/;
/** Letter by letter: decoded, shifted, or sorted into another order. */
const unscrambles =
  /\b(b(?:32|64|85)decode|a85decode|fromhex|unhexlify|rot_?13|atob|marshal\.loads|zlib\.decompress)\b|\bchr\s?\(|\bmap\s?\(\s?chr\b|fromCharCode|(?:append\s?\(\s?|\+=\s?)\w{1,20}\[\w{1,20}\]|\w{1,20}\[\w{1,20}\[\w{1,20}\]\]\s?=|join\s?\(\s?\w{1,20}\[\w{1,20}\]\s+for\b/;
/** Between the two halves of a text. */
const seam = /(["'])\s{0,8}\)?\s{0,4}\+\s{0,8}\(?\s{0,4}\1/g;
/** A long text, or a list of many numbers. */
const carries = /(["'])(?:(?!\1)[^\n\\]|\\.){60,}\1|(?:\b\d{1,3}\s{0,4},\s{0,8}){20}/;
