/**
 * Traces of programs that hide programs. Sources: the tools themselves (javascript-obfuscator,
 * JSFuck, jjencode, aaencode, Packer, PyArmor, Hyperion, Bashfuscator, Invoke-Obfuscation).
 */

export interface ObfuscatorMark {
  readonly tool: string;
  readonly form: RegExp;
  /** Part of every match: without it the form is not searched. */
  readonly sign: string;
  /** The least number of its occurrences. */
  readonly times: number;
  /** Only in text of these languages; in any text when empty. */
  readonly languages: readonly string[];
}

const mark = (
  tool: string,
  languages: string,
  sign: string,
  form: RegExp,
  times = 1,
): ObfuscatorMark => ({
  tool,
  sign,
  form,
  times,
  languages: languages === '' ? [] : languages.split(' '),
});

export const obfuscatorMarks: readonly ObfuscatorMark[] = [
  // Names such as _0x3fa1c2, and the loop that rotates the array of strings until a checksum
  // matches.
  mark(
    'a string-array obfuscator',
    'javascript typescript html',
    '_0x',
    /\b_0x[0-9a-f]{4,6}\b/g,
    12,
  ),
  mark(
    'a string-array obfuscator',
    'javascript typescript html',
    '!![]',
    /while\s*\(!!\[\]\)\s*\{\s*try/g,
  ),
  mark('JSFuck', 'javascript typescript html', '+[', /(?<![[\]()!+])[[\]()!+]{200}/g),
  mark(
    'jjencode',
    'javascript typescript html',
    '=~[];',
    /[$\w]{1,8}=~\[\];[$\w]{1,8}=\{___:\+\+/g,
  ),
  mark('aaencode', 'javascript typescript html', 'ﾟωﾟﾉ', /ﾟωﾟﾉ\s{0,4}=/g),
  mark(
    'a packer',
    'javascript typescript html',
    'eval(',
    /eval\(\s{0,4}function\s{0,4}\((?:\w{1,20},\s?){5}\w{1,20}\)\s{0,4}\{/g,
  ),
  mark(
    'PyArmor',
    'python',
    'py',
    /\b__pyarmor(?:_\w{0,20})?__\b|\bfrom\s+pyarmor_runtime\w{0,20}\s+import\b|\bfrom\s+pytransform\s+import\b/g,
  ),
  mark(
    'Hyperion or a like tool',
    'python',
    '__import__(',
    /\b_{1,3}\s?=\s?lambda\s{1,2}\w{1,20}\s?:\s?__import__\(/g,
  ),
  mark(
    'names of look-alike letters',
    'python javascript typescript',
    '',
    /\b(?=[lI1O0]{0,40}[I1])[lIO][lI1O0]{9,40}\b/g,
    6,
  ),
  mark('a shell obfuscator', 'shell', '', /(?:\b[A-Za-z]{1,3}=(["'])[^"'\n]{1,6}\1;\s?){12}/g),
  mark('Invoke-Obfuscation', '', '-f', /\(\s?["'](?:\{\d{1,2}\}){4,40}["']\s?-f\s?["']/g),
];
