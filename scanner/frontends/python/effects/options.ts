/**
 * Options of programs and fields of settings that a library reads from the environment or from the
 * command line: click, typer, pydantic (sources: the packages' documentation).
 */
import { nodesOf, textsOf, unknownPy } from '../assignments/alternatives.ts';
import { ancestorsOf, attributeNode, basesOf } from '../names/classes.ts';
import { comingOutOf } from '../names/contents.ts';
import { argumentsOf, childrenOf, nameOf, textOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import { flowEdge, flowNode, flowSource, type PythonRun } from '../run.ts';
import type { PyNoting } from './call.ts';
import { readEnvironment } from './environment.ts';

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
