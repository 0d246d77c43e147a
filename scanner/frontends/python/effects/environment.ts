import type { FlowSource } from '../../../fact/fact.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { shellVariables } from '../../../lookup-tables/shell.ts';
import { either, nodesOf, textsOf, unknownPy } from '../assignments/alternatives.ts';
import { foldPath } from '../assignments/paths.ts';
import type { PyValue } from '../program.ts';
import { flowSource, notePyCapability, type PythonRun } from '../run.ts';
import { argumentOf, type PyCall, type PyNoting } from './call.ts';
import type { Argument } from './tables/python-api.ts';

const homes: ReadonlySet<string> = new Set(['HOME', 'USERPROFILE']);

/** One variable read. */
export function readEnvironment(
  run: PythonRun,
  at: PyNoting,
  name: PyValue,
  about: Pick<FlowSource, 'hasDefault'> = {},
): PyValue {
  const names =
    name.texts.length === 0
      ? ['*']
      : [...new Set(textsOf(name).map((text) => (text.includes(unknownPart) ? '*' : text)))];
  const nodes = names.flatMap((one) => {
    if (!shellVariables.has(one))
      notePyCapability(
        run,
        { ...at, certainty: name.folded && one !== '*' ? 'folded' : at.certainty },
        { kind: 'env', name: one },
      );
    if (homes.has(one)) return [];
    return flowSource(
      run,
      at,
      { what: 'env', name: one, ...about },
      one === '*' ? 'reads a variable whose name is computed' : `reads ${one}`,
    );
  });
  const isHome = names.every((one) => homes.has(one));
  return { ...unknownPy, nodes, texts: isHome ? ['~'] : [] };
}

/** What a call that names a variable gives: the variable, or the call's default. */
export function readVariable(run: PythonRun, call: PyCall, name: Argument): PyValue {
  const usual = name.at === 0 ? (call.args[1] ?? call.keywords.get('default')) : undefined;
  const about = usual === undefined ? {} : { hasDefault: true as const };
  const said = readEnvironment(run, call, argumentOf(call, name) ?? unknownPy, about);
  if (usual === undefined || !usual.texts.some((text) => text.trim() !== '')) return said;
  return either([said.texts.length > 0 ? said : { ...said, texts: [unknownPart] }, usual]);
}

/** `os.path.expandvars(text)`: the variables that the text names are read. */
export function expandedVariables(run: PythonRun, call: PyCall): PyValue {
  const [text] = call.args;
  const path = foldPath(call, 'os.path.expandvars');
  if (text === undefined || path === undefined) return unknownPy;
  const names = textsOf(text).flatMap((one) =>
    [...one.matchAll(variableIn)].map(([, name, other = '']) => name ?? other),
  );
  const read = [...new Set(names)].map((name) =>
    readEnvironment(run, call, { ...unknownPy, texts: [name] }),
  );
  const hidden = (one: string): string => one.replace(variableIn, unknownPart);
  return {
    ...path,
    texts: path.texts.map(hidden),
    otherTexts: path.otherTexts.map(hidden),
    nodes: [...path.nodes, ...nodesOf(read)],
  };
}

const variableIn = /\$\{?([A-Za-z_]\w{0,80})\}?|%([A-Za-z_]\w{0,80})%/g;

/**
 * All variables at once. Handed to a child as its environment they stay in the sandbox; the rule is
 * told so.
 */
export function wholeEnvironment(run: PythonRun, at: PyNoting): PyValue {
  const toChild = isForChild(at);
  const id = flowSource(run, at, { what: 'whole-env', name: '*' }, 'gives every variable');
  const isKnown = run.facts.some(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === at.module.source.path &&
      fact.span.start === at.node.from &&
      fact.traits.includes('whole-env'),
  );
  if (!isKnown)
    notePyCapability(
      run,
      at,
      { kind: 'env', name: '*' },
      toChild ? ['whole-env', 'env-to-child'] : ['whole-env'],
    );
  return { ...unknownPy, nodes: [id] };
}

// `env=os.environ`, `{**os.environ, …}` or a copy in a variable that is given as `env=`.
export function isForChild({ module, node }: PyNoting): boolean {
  const { text } = module.source;
  // `{k: v for k, v in os.environ.items() if …}` is a copy as well.
  const before = text
    .slice(Math.max(0, node.from - 200), node.from)
    .replace(/\{\s*\w{1,40}\s*:\s*\w{1,40}\s+for\s+\w{1,40}\s*,\s*\w{1,40}\s+in\s+$/, '{ **');
  if (/\benv\s*=\s*(dict\(|\{\s*\*\*)?\s*$/.test(before)) return true;
  const name =
    /(?:^|\n)[ \t]*(\w+)(?:\s*:\s*[\w[\], .]+)?\s*=\s*(?:dict\(|\{\s*\*\*|copy\.\w+\()?\s*$/.exec(
      before,
    )?.[1];
  return name !== undefined && new RegExp(`\\benv\\s*=\\s*${name}\\b`).test(text);
}
