/**
 * Texts cut and changed by Python's `re`, as far as matching cannot be slow. What an expression
 * that is not matched here makes of a path may be anything, or a file beside it: without its
 * ending, the path of a public key is that of the private key.
 */
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { boundedPattern, filesBeside } from '../../bounded-pattern.ts';
import type { PyCall } from '../effects/call.ts';
import type { PyValue } from '../program.ts';
import { combinations, either, nodesOf, unknownPy } from './alternatives.ts';

/** The value of a call of `re`; undefined for other calls, and for texts that are no paths. */
export function foldPattern(call: PyCall, qual: string): PyValue | undefined {
  const [, compiled, name] =
    /^re\.(compile\(\)\.)?(subn?|split|match|search|fullmatch)$/.exec(qual) ?? [];
  if (/^re\.(compile\(\)\.)?(match|search|fullmatch)\(\)\.groups?$/.test(qual))
    return either(call.object.items ?? []);
  if (name === undefined) return undefined;
  const given = (compiled === undefined ? [] : [unknownPy]).concat(call.args);
  const text = call.keywords.get('string') ?? given[name.startsWith('sub') ? 2 : 1];
  if (text === undefined) return undefined;
  const nodes = nodesOf([...call.args, ...call.keywords.values()]);
  // Further arguments limit the count, or change the expression's meaning.
  const isPlain = given.length === 3 && call.keywords.size === 0;
  const made = {
    ...unknownPy,
    nodes,
    folded: true,
    texts: name === 'sub' && isPlain ? replaced(given, text) : text.texts.flatMap(beside),
  };
  if (made.texts.length === 0) return undefined;
  const open = { ...made, otherTexts: name === 'sub' ? text.otherTexts : [unknownPart] };
  if (name === 'sub') return open;
  const items = Array.from({ length: placesMax }, () => open);
  return { ...unknownPy, nodes, items, qual: name === 'split' ? undefined : `${qual}()` };
}

// Enough for the groups of an expression.
const placesMax = 10;

function replaced([pattern, to]: readonly PyValue[], text: PyValue): readonly string[] {
  return combinations([pattern ?? unknownPy, to ?? unknownPy, text]).flatMap((row) => {
    const [from, by, path = unknownPart] = row.map(({ texts }) => texts[0]);
    const known =
      from === undefined || by === undefined || /\\[AZ]|\(\?/.test(from)
        ? undefined
        : boundedPattern(from, 'g');
    if (known === undefined || by?.includes('\\') === true || path.length > known.lineMax)
      return beside(path);
    return [path.replace(known.expression, () => by ?? '')];
  });
}

function beside(path: string): readonly string[] {
  const files = filesBeside(path);
  return files === undefined ? [] : [files, unknownPart];
}
