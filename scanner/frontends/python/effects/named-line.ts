/**
 * A regular expression that takes one variable out of a text, as `^NAME=(.*)$` does: whoever reads
 * a file of settings so has this variable, and nothing else of the file.
 */
import { unknownPy } from '../assignments/alternatives.ts';
import { argumentsOf, nameOf, textOf } from '../nodes.ts';
import { PyNode, type PythonModule, type PyValue } from '../program.ts';
import { flowSource, type PythonRun } from '../run.ts';
import type { PyCall } from './call.ts';

/** The variable that a call of `re` takes out of a text; undefined where it may take more. */
export function namedLine(run: PythonRun, call: PyCall, qual: string): PyValue | undefined {
  if (!/^re\.(findall|finditer|match|search)$/.test(qual)) return undefined;
  const [pattern, text, flags = call.keywords.get('flags')] = call.args;
  const isPlain = flags === undefined || plainFlags.test(flags.qual ?? '');
  const [written = '', ...more] = pattern?.texts ?? [];
  if (!isPlain || more.length > 0 || pattern?.otherTexts.length !== 0) return undefined;
  if (text === undefined || text.nodes.length === 0) return undefined;
  const name = oneLine.exec(written)?.[1];
  const stored = name === undefined ? undefined : justRead(run, call);
  if (name === undefined || stored === undefined) return undefined;
  const from = flowSource(run, call, { what: 'env', name }, `takes ${name} out of a text`);
  return { ...unknownPy, nodes: [from, ...stored] };
}

// What flows into the text besides the file that is read, such as what the skill itself stores
// there. A text that is put together, or comes from elsewhere, may have anything behind the name.
// A match also gives the whole text as `string`. A program that writes may have written the file.
function justRead(run: PythonRun, { module, node }: PyCall): readonly string[] | undefined {
  if (!(node instanceof PyNode) || givesMore.test(module.source.text)) return undefined;
  const [, given] = argumentsOf(module, node).positional;
  const read = boundTo(module, given);
  if (read?.name !== 'CallExpression' || !isReading.test(textOf(module, read))) return undefined;
  const object = read.firstChild?.firstChild;
  if (object === undefined || object === null || boundTo(module, object) === undefined)
    return undefined;
  const { nodes } = run.evaluate(run, module, read);
  const sources = nodes.filter((id) => id.includes('::source@'));
  const isFile = sources.length > 0 && sources.every((id) => isOfFile.test(id));
  return isFile ? nodes.filter((id) => !sources.includes(id)) : undefined;
}

const givesMore =
  /\.\s*string\b|attr|vars\(|write[_l]|(?<!std(?:out|err)\.)\bwrite\b|\bdump\((?![^()]*\bstd(?:out|err)\b)|copy|rename|[,=]\s*["'][rb]?[wax][bt+]*["']/;
const isReading = /\.(read|read_text)\([^()]*\)$/;
const isOfFile = /::source@\d+:\d+:file:/;

function boundTo(module: PythonModule, node: PyNode | undefined): PyNode | undefined {
  return node?.name === 'VariableName' ? onlyValueOf(module, nameOf(module, node)) : node;
}

// The one value of a name of the module, whatever the function.
function onlyValueOf(module: PythonModule, name: string): PyNode | undefined {
  const all = [module.scope, ...module.scopes.values()].flatMap(
    ({ names }) => names.get(name) ?? [],
  );
  const [only, ...others] = all;
  return others.length === 0 && only?.kind === 'value' && only.place === undefined
    ? only.node
    : undefined;
}

const plainFlags = /^re\.(M|MULTILINE|I|IGNORECASE|A|ASCII)$/;

// One group, of characters of one line; nothing before or beside the name may match instead of it.
const oneLine =
  /^(?:\(\?m\))?(?:\^|\\b)?(?:\\s\*)?(?:\(\?:export\\s\+\)\?)?([A-Z][A-Z0-9]*_[A-Z0-9_]{1,60})(?:\\s\*)?[=:](?:\\s\*)?(?:["']\??|\["'\]\??)?\((?:\.[*+]|\\S[*+]|\[\^[^\]^]*(?:\\s|\\n)[^\]^]*\][*+])\??\)(?:["']\??|\["'\]\??)?(?:\\s\*)?\$?$/;
