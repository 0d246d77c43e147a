/** The file that a command starts: an argument, or a part of a command line. */
import { ts } from 'ts-morph';
import { lineWords, startedWord } from '../../../flow/started-word.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { Called, Out } from '../out.ts';
import { bareOf } from '../syntax.ts';
import { alternatives, type JsValue, textOr } from '../values/values.ts';
import type { Words } from '../values/words.ts';
import { storedPaths } from './stored-paths.ts';

/** Notes the file that a list of words starts. */
export function noteStartedFile(out: Out, call: Called, words: Words): void {
  const texts = words.map(({ value }) => programText(value));
  const found = startedWord(texts);
  const word = found === undefined ? undefined : words[found.at];
  if (found === undefined || word?.node === undefined) return;
  const text = texts[found.at] ?? '';
  const at = text.indexOf(found.text);
  note(out, call, word.node, { ...found, isPart: text !== found.text }, holesIn(text.slice(0, at)));
}

/** Notes the file that a command line starts. */
export function noteStartedLine(
  out: Out,
  call: Called,
  line: string,
  node: ts.Expression | undefined,
): void {
  const words = lineWords(line);
  const found = startedWord(words);
  if (found === undefined || node === undefined) return;
  const before = words.slice(0, found.at).join(' ');
  note(out, call, node, { ...found, isPart: true }, holesIn(before));
}

type Found = NonNullable<ReturnType<typeof startedWord>> & { readonly isPart: boolean };

function note(out: Out, call: Called, node: ts.Expression, found: Found, before: number): void {
  const isHole = found.isPart && found.text.includes(unknownPart);
  const at = isHole ? (holeOf(out, node, before) ?? node) : node;
  call.use.sinks.push({
    at,
    ...(!found.text.startsWith(unknownPart) && { path: found.text }),
    sink: { what: 'exec', api: call.api, part: 'program' },
    certainty: 'exact',
  });
  if (found.isModule || (!isHole && !found.text.includes(unknownPart))) return;
  for (const value of alternatives(out.self.valueOf(at)))
    for (const program of storedPaths(out, value, at))
      call.use.starts.push({
        program,
        ...(found.language !== undefined && { language: found.language }),
        arguments: [],
        stdin: [],
        env: [],
      });
}

function programText(value: JsValue): string {
  return value.kind === 'api' && value.name === 'process.execPath' ? 'node' : textOr(value);
}

// The expression that stands for the unknown part behind so many others.
function holeOf(out: Out, node: ts.Expression, before: number): ts.Expression | undefined {
  let count = before;
  for (const hole of expressionsIn(node)) {
    count -= holesIn(textOr(out.self.valueOf(hole)));
    if (count < 0) return hole;
  }
  return undefined;
}

// `a + b`, `${a} ${b}`: what is put together, but for its literals.
function expressionsIn(node: ts.Expression): readonly ts.Expression[] {
  const open = [bareOf(node)];
  const found: ts.Expression[] = [];
  for (let one = open.pop(); one !== undefined && found.length < holesMax; one = open.pop()) {
    if (ts.isTemplateExpression(one))
      open.push(...one.templateSpans.map(({ expression }) => bareOf(expression)).reverse());
    else if (ts.isBinaryExpression(one)) open.push(bareOf(one.right), bareOf(one.left));
    else if (!ts.isStringLiteralLike(one)) found.push(one);
  }
  return found;
}

const holesMax = 64;

function holesIn(text: string): number {
  return text.split(unknownPart).length - 1;
}
