/**
 * The tags of a template of Jinja as a program of Python. Most of their code is Python; a filter
 * is a method of what it filters, and each tag runs once. What no grammar knows stands on a line of
 * its own, so that the rest is read. Source: "Jinja, Template Designer Documentation".
 */
import { quoteEnd, type TemplateTag } from './tags.ts';

interface Line {
  readonly text: string;
  /** Where the code of its tag stands in the template. */
  readonly raw: number;
}

/** Lines of Python for the tags of a template. Linear in the text. */
export function jinjaPython(template: string, tags: readonly TemplateTag[]): readonly Line[] {
  const lines: Line[] = [];
  // `{% set name %}`: the name that gets what the template writes until the end of the block.
  let name: string | undefined;
  let end = 0;
  // Blocks around that may not run, or more than once.
  let uncertain = 0;
  for (const { open, inside, raw } of tags) {
    const written = template.slice(end, raw - open.length);
    if (name !== undefined && written !== '')
      lines.push({ text: `${name} += ${JSON.stringify(written)}\n`, raw: end });
    end = raw + inside.length + 2;
    const tokens = tokensOf(inside.replace(/^[-+]/, '').replace(/[-+]$/, ''));
    const [word = '', variable = ''] = tokens;
    const isStatement = open !== '{{';
    if (isStatement && word === 'endset') name = undefined;
    if (isStatement && /^(if|for)$/.test(word)) uncertain += 1;
    if (isStatement && /^end(if|for)$/.test(word)) uncertain -= 1;
    const begins = isStatement && word === 'set' && !tokens.includes('=');
    if (begins && isName.test(variable)) name = variable;
    const code = begins
      ? `${name} = ""`
      : python(isStatement ? expressionOf(word, tokens.slice(1), uncertain > 0) : tokens);
    const isWritten = !isStatement && name !== undefined;
    if (code !== '') lines.push({ text: `${isWritten ? `${name} += ` : ''}${code}\n`, raw });
  }
  return lines;
}

const isName = /^[A-Za-z_]\w*$/;

// Splits the code of a tag.
function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  const plain = /\s+|[A-Za-z_]\w*|\d[\d._]*|\/\/|\*\*|[<>=!]=|./gsy;
  for (let at = 0; at < text.length; at = plain.lastIndex) {
    const letter = text[at] ?? '';
    const end = /["']/.test(letter) ? quoteEnd(text, at, letter, false) : -1;
    plain.lastIndex = at;
    const token = end < 0 ? (plain.exec(text)?.[0] ?? letter) : text.slice(at, end + 1);
    plain.lastIndex = at + token.length;
    if (token.trim() !== '') tokens.push(token.replaceAll('\n', '\\n'));
  }
  return tokens;
}

// What a statement evaluates: a loop, one of the items; what may not be set stays what it was.
function expressionOf(
  word: string,
  tokens: readonly string[],
  isUncertain: boolean,
): readonly string[] {
  if (/^end|^(else|raw)$/.test(word)) return [];
  const [name = '', equals] = tokens;
  if (word === 'set' && isUncertain && equals === '=')
    return [name, '=', '(', ...tokens.slice(2), ')', 'if', '_', 'else', name];
  const at = tokens.indexOf('in');
  if (word !== 'for' || at < 0) return tokens;
  return [...tokens.slice(0, at), '=', '(', ...tokens.slice(at + 1), ')', '[', '_', ']'];
}

const brackets: ReadonlyMap<string, string> = new Map([
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
]);
const infix = /^([-+*/%<>=~]|\/\/|\*\*|[<>=!]=|and|or|in)$/;
// Tests, and operators without what they need.
const between = /^(is|and|or|in|if|else)$/;
const prefix = /^(not|[-+])$/;
// Names of Jinja that are words of Python.
const words =
  /^(as|assert|async|await|break|class|continue|def|del|elif|except|finally|for|from|global|import|is|lambda|nonlocal|pass|raise|return|try|while|with|yield)$/;

/** Filters that are no method: what stands before and behind their arguments. */
const filters: Readonly<Record<string, readonly [open: string, close: string]>> = {
  attr: ['[', ']'],
  first: ['.__iter__().__next__(', ')'],
  format: [' % (', ')'],
};
const nameFilters = /^(map|selectattr|rejectattr|groupby|sort|sum|unique|min|max)$/;
const sameFilters = /^(e|escape|forceescape|list|safe|string)$/;

interface Bracket {
  readonly close: string;
  /** What stands for it. */
  readonly as: string;
  /** `a if b` without an `else`. */
  isHalf: boolean;
  /** Its arguments name members of what is filtered. */
  readonly takesNames?: boolean;
  /** It ends with the argument. */
  readonly isArgument?: boolean;
}

function python(tokens: readonly string[]): string {
  const out: string[] = [];
  const open: [Bracket, ...Bracket[]] = [{ close: '', as: '', isHalf: false }];
  let isOperand = false;
  const put = (text: string, isEnd = false): void => {
    out.push(text);
    isOperand = isEnd;
  };
  const top = (): Bracket => open.at(-1) ?? open[0];
  const finish = (): void => {
    if (!isOperand && /[^[({,:\s]\s*$/.test(out.at(-1) ?? '')) put('None', true);
    if (top().isHalf) put(' else None', true);
    top().isHalf = false;
  };
  const separate = (): void => {
    finish();
    if (out.length > 0) put(open.length > 1 ? ', ' : '\n');
  };
  const close = (): void => {
    finish();
    put(open.pop()?.as ?? '', true);
  };
  const endArgument = (): void => {
    if (top().isArgument) close();
  };
  const begin = (written: string, bracket: Omit<Bracket, 'isHalf'>): void => {
    put(written);
    open.push({ ...bracket, isHalf: false });
  };
  const beginName = (): void => begin('_[', { close: '', as: ']', isArgument: true });
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    if (/^[,)\]}]$/.test(token)) endArgument();
    const next = tokens[at + 1] ?? '';
    const isCalled = tokens[at + 2] === '(';
    const bracket = brackets.get(token);
    if (isOperand && token === '|' && isName.test(next)) {
      const [before, after] = filters[next] ?? [`.${next}(`, ')'];
      at += isCalled ? 2 : 1;
      const takesNames = nameFilters.test(next);
      if (isCalled) begin(before, { close: ')', as: after, takesNames });
      else if (!sameFilters.test(next)) put(`${before}${after}`, true);
      if (isCalled && takesNames) beginName();
    } else if (isOperand && token === '.' && /^\w/.test(next)) {
      at += 1;
      const isPlain = isName.test(next) && !words.test(next);
      put(isPlain ? `.${next}` : isName.test(next) ? `["${next}"]` : `[${next}]`, true);
    } else if (top().isArgument && isName.test(token) && next === '=') {
      at += 1;
    } else if (bracket !== undefined) {
      if (isOperand && token === '{') separate();
      begin(token, { close: bracket, as: bracket });
    } else if (token === top().close) {
      close();
    } else if (token === ',' || (token === ':' && open.length > 1)) {
      finish();
      put(`${token} `);
      if (top().takesNames) beginName();
    } else if (isOperand && token === 'if') {
      put(' if ');
      top().isHalf = true;
    } else if (token === 'else' && top().isHalf) {
      put(' else ');
      top().isHalf = false;
    } else if (isOperand && (infix.test(token) || (token === 'not' && next === 'in'))) {
      put(token === '~' ? ' + ' : ` ${token} `);
      if (token === 'not') {
        at += 1;
        put('in ');
      }
    } else if (prefix.test(token)) {
      if (isOperand) separate();
      put(`${token} `);
    } else if (/^(["'].|\w)/s.test(token) && !between.test(token)) {
      const isText = /^["']/.test(token) && /^["']/.test(tokens[at - 1] ?? '');
      if (isOperand && !isText) separate();
      put(`${isText ? ' ' : ''}${token}${words.test(token) ? '_' : ''}`, true);
    } else separate();
  }
  while (open.length > 1) close();
  finish();
  return out.join('').trim();
}
