/**
 * Options of programs and fields of settings that a library reads from the environment or from the
 * command line: click, typer, pydantic (sources: the packages' documentation).
 */

import type { FlowSource } from '../../../fact/fact.ts';
import type { EffectOf } from '../../../knowledge/row.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { shellVariables } from '../../../lookup-tables/shell.ts';
import { either, nodesOf, textsOf, unknownPy } from '../assignments/alternatives.ts';
import { foldPath } from '../assignments/paths.ts';
import { ancestorsOf, attributeNode, basesOf } from '../names/classes.ts';
import { comingOutOf } from '../names/handed-over.ts';
import { argumentsOf, childrenOf, nameOf, textOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import { flowEdge, flowNode, flowSource, notePyCapability, type PythonRun } from '../run.ts';
import { argumentOf, type PyCall, type PyNoting } from './call.ts';

/** What an option gives whose declaration has these arguments. */
function declaredNodes(
  run: PythonRun,
  at: PyNoting,
  keywords: ReadonlyMap<string, PyValue>,
): readonly string[] {
  const usual = ['default', 'default_factory', 'factory'].flatMap((key) => keywords.get(key) ?? []);
  const variables = ['envvar', 'env'].flatMap((key) => {
    const value = keywords.get(key);
    return value === undefined ? [] : (value.items ?? [value]);
  });
  const read = variables
    .filter((one) => textsOf(one).length > 0)
    .map((one) => readEnvironment(run, at, one));
  const type = keywords.get('type')?.qual ?? '';
  const file = opensFile.test(type)
    ? [flowSource(run, at, { what: 'file', name: '*' }, 'opens the file that it is given')]
    : [];
  return [
    ...nodesOf([...usual, ...read]),
    ...usual.flatMap((one) => comingOutOf(run, one)),
    ...file,
  ];
}

const opensFile = /^(click|typer|argparse)\.(File|FileType|FileText|FileBinaryRead)(\(\))?$/;

/** `@click.option("--token", envvar="X")` gives the function's parameter `token`. */
export function noteOption(
  run: PythonRun,
  module: PythonModule,
  decorator: PyNode,
  own: PythonFunction,
): void {
  const { positional, keywords } = argumentsOf(module, decorator);
  const names = positional.map((one) =>
    (run.evaluate(run, module, one).texts[0] ?? '').replace(/^-+/, '').replaceAll('-', '_'),
  );
  const given = new Map([...keywords].map(([key, one]) => [key, run.evaluate(run, module, one)]));
  const at = { module, node: decorator, api: 'click.option', certainty: 'exact' } as const;
  const nodes = declaredNodes(run, at, given);
  for (const parameter of own.parameters)
    if (names.includes(parameter.name.toLowerCase()))
      for (const from of nodes) flowEdge(run, from, parameterNode(run, own, parameter));
}

function parameterNode(
  run: PythonRun,
  own: PythonFunction,
  { name, node }: PythonFunction['parameters'][number],
): string {
  return flowNode(run, own.module, node, `${own.id}${name}`, `parameter "${name}" of ${own.name}`);
}

/** Decorators that declare an option or an argument of a program. */
export const declaresOption = /^(rich_)?(click|asyncclick)\.(option|argument)$/;

/** `typer.Option(…, envvar="X")`, `Field(env="X")`: the value of the field or parameter. */
export function declaredValue(
  run: PythonRun,
  at: PyNoting,
  args: readonly PyValue[],
  keywords: ReadonlyMap<string, PyValue>,
): PyValue {
  return { ...unknownPy, nodes: [...nodesOf(args), ...declaredNodes(run, at, keywords)] };
}

/** Calls that declare a field or an option. */
export const declaresField =
  /^(typer\.(Option|Argument)|pydantic\.(Field|PrivateAttr)|dataclasses\.field|attrs?\.(field|ib|attrib|Factory))$/;

/** Fields of settings that pydantic reads from the environment, by the field's name. */
export function noteSettings(run: PythonRun, module: PythonModule, node: PyNode): void {
  const name = node.getChild('VariableName');
  const className = name === null ? '' : nameOf(module, name);
  if (!isSettings(run, className)) return;
  const body = node.getChild('Body');
  const [, prefix = ''] =
    /\benv_prefix\s*=\s*['"](\w*)['"]/.exec(body === null ? '' : textOf(module, body)) ?? [];
  for (const one of body?.getChildren('AssignStatement') ?? []) {
    const [target] = childrenOf(one);
    if (target?.name !== 'VariableName' || /^(model_config|Config)$/.test(nameOf(module, target)))
      continue;
    const field = nameOf(module, target);
    const at = { module, node: one, api: 'BaseSettings', certainty: 'exact' } as const;
    const variable = `${prefix}${field}`.toUpperCase();
    // The class says what may be read: a manual with such a class reads nothing by that.
    const source = { what: 'env', name: variable } as const;
    const from = flowSource(run, at, source, `reads ${variable}`);
    flowEdge(run, from, attributeNode(run, module, field, target));
  }
}

function isSettings(run: PythonRun, className: string): boolean {
  return [className, ...ancestorsOf(run, className)]
    .flatMap((one) => basesOf(run, one))
    .some((base) =>
      /^(pydantic_settings|pydantic|pydantic\.v1|pydantic\.env_settings)\.BaseSettings$/.test(base),
    );
}

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
export function readVariable(
  run: PythonRun,
  call: PyCall,
  { name, fallback }: EffectOf<'env'>,
): PyValue {
  const usual = fallback === undefined ? undefined : argumentOf(call, fallback);
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
function isForChild({ module, node }: PyNoting): boolean {
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
