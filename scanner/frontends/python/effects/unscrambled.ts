/** Code that Python unscrambles and runs, where the text as such could not be computed. */
import type { PythonModule } from '../program.ts';
import type { PyCall } from './call.ts';

/**
 * Whether code that could not be computed is decrypted in the call, or was put together from the
 * numbers of its letters: by a library that nobody knows, or in a loop that was not gone through.
 */
export function isUnscrambled({ module, node }: PyCall): boolean {
  const { text } = module.source;
  const given = text.slice(node.from, Math.min(node.to, node.from + callCharsMax));
  if (decryptsLiteral.test(given)) return true;
  const letters = lettersOf(module);
  return letters.size > 0 && (given.match(plainName) ?? []).some((name) => letters.has(name));
}

const callCharsMax = 2_000;
const decryptsLiteral = /\.\s{0,4}decrypt\s{0,4}\(\s{0,4}b?['"]/;
const plainName = /(?<![\w.])[A-Za-z_]\w{0,80}(?!\s{0,4}[\w(.])/g;

const known = new WeakMap<PythonModule, ReadonlySet<string>>();

// Names that grow by letters made from numbers: `code += chr(ord(a) ^ ord(b))`. The text is read
// once, however many calls run code.
function lettersOf(module: PythonModule): ReadonlySet<string> {
  const found =
    known.get(module) ??
    new Set(Array.from(module.source.text.matchAll(growing), ([, name = '']) => name));
  known.set(module, found);
  return found;
}

const growing =
  /(?<![\w.])([A-Za-z_]\w{0,80})[ \t]{0,4}(?:\+=|=[ \t]{0,4}\1[ \t]{0,4}\+)[ \t]{0,4}chr\(/g;
