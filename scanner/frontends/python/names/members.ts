/** Members in Python: attributes of modules, classes and objects, by name and by text. */

import { alternativesMax, callSitesMax } from '../../../fact/shared-limits.ts';
import { powerfulModules } from '../../../knowledge/python/library.ts';
import { own } from '../../../lookup-tables/api.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import {
  anyText,
  either,
  nodesOf,
  pythonItemsMax,
  unknownPy,
} from '../assignments/alternatives.ts';
import { attributeOfObject, ownAttribute } from '../assignments/attributes.ts';
import type { PyNoting } from '../effects/call.ts';
import { noteReaching } from '../effects/escapes.ts';
import { readEnvironment } from '../effects/options.ts';
import { argumentsOf, functionOf, nameOf, textOf } from '../nodes.ts';
import { PyNode, type PythonFunction, type PythonModule, type PyValue } from '../program.ts';
import { flowSink, flowSource, notePyTrait, type PythonRun } from '../run.ts';
import { builtinFunctions } from '../values/value.ts';
import { classIn } from './canonical.ts';
import { basesOf, methodOf, propertyValue } from './classes.ts';
import { contentsOf } from './handed-over.ts';
import { memberMeaning } from './meaning.ts';
import { memberOfModule } from './names.ts';

/** `object.name`. */
export function memberValue(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  objectNode: PyNode,
  property: PyNode,
  depth: number,
): PyValue {
  const name = nameOf(module, property);
  if (textOf(module, objectNode) === 'self' || textOf(module, objectNode) === 'cls')
    return ownAttribute(run, module, node, name, depth);
  if (/^super\s*\(/.test(textOf(module, objectNode)))
    return inherited(run, functionOf(module, node)?.owner, name);
  const object = run.evaluate(run, module, objectNode, depth);
  if (readsByName.test(object.qual ?? '') && /^[A-Z][A-Z\d_]*$/.test(name))
    return readEnvironment(
      run,
      { module, node, api: object.qual ?? '', certainty: 'exact' },
      { ...unknownPy, texts: [name] },
    );
  if (object.others.length === 0) return memberOf(run, object, name, depth);
  return either([object, ...object.others].map((one) => memberOf(run, one, name, depth)));
}

// Objects whose attributes are variables of the environment.
const readsByName = /^dynaconf\.(Dynaconf\(\)|LazySettings\(\)|settings)$/;

// `super().name`: of the first class that has it.
function inherited(run: PythonRun, owner: string | undefined, name: string): PyValue {
  for (const base of owner === undefined ? [] : basesOf(run, owner)) {
    if (!base.startsWith('class '))
      return { ...unknownPy, qual: name === '__init__' ? base : `${base}().${name}` };
    const method = methodOf(run, classIn('class', base), name);
    if (method !== undefined) return { ...unknownPy, own: method };
  }
  return unknownPy;
}

function parentOf(path: PyValue): PyValue {
  const texts = path.texts.map((text) => {
    const end = text.lastIndexOf('/');
    return end < 0 ? text : text.slice(0, end) || '/';
  });
  return { ...path, texts };
}

// `path.parents[0]` is the parent of the path. How many a relative path has is not known.
function parentsOf(path: PyValue): PyValue {
  const counts = path.texts.map((text) =>
    text.startsWith('/') ? text.split('/').length - 1 : relativeParents,
  );
  const items = [parentOf(path)];
  while (items.length < Math.min(Math.max(...counts), pythonItemsMax))
    items.push(parentOf(items.at(-1) ?? path));
  return { ...unknownPy, items, nodes: path.nodes, targets: path.targets };
}

const relativeParents = 8;

/** A member of a value by name. */
export function memberOf(run: PythonRun, object: PyValue, name: string, depth: number): PyValue {
  const { qual } = object;
  const about = { nodes: object.nodes, targets: object.targets, stream: object.stream };
  const entry = qual === undefined ? object.entries?.get(name) : undefined;
  if (entry !== undefined) {
    // `options.name = x`, of any object.
    const isGiven = [...run.modules.values()].some(({ attributes }) => attributes.has(name));
    return isGiven ? { ...entry, otherTexts: [...entry.otherTexts, unknownPart] } : entry;
  }
  // The name of a file holds nothing of what is written into the file.
  if (name === 'name' && object.file.length > 0)
    return {
      ...unknownPy,
      texts: object.file.map(({ path }) => path),
      nodes: object.file.flatMap(({ nodes = [] }) => nodes),
    };
  // `(lambda: 0).__class__(code, {})`
  if (name === '__class__' && object.own !== undefined)
    return { ...unknownPy, qual: 'types.FunctionType' };
  if (qual === undefined && ofPaths.test(name) && !isOfSkill(run, name))
    return { ...unknownPy, targets: object.targets };
  if (qual === undefined) return { ...unknownPy, ...about };
  if (isOptions(qual)) return optionOf(run, object, name, depth);
  if (qual === 'pathlib.Path()' && name === 'parent') return parentOf(object);
  if (qual === 'pathlib.Path()' && name === 'parents') return parentsOf(object);
  // Of a module that is not known, a member that only one module has says which it is.
  const telling = qual === '*' ? own(tellingMembers, name) : undefined;
  if (telling !== undefined)
    return { ...unknownPy, ...about, qual: `${telling}.${name}`, folded: true, byText: true };
  if (name === '__call__') return object;
  if (name === '__dict__')
    return {
      ...unknownPy,
      qual: `vars ${qual}`,
      nodes: [...object.nodes, ...contentsOf(run, object)],
    };
  const meaning = memberMeaning(run, qual, name);
  switch (meaning.kind) {
    case 'global':
      return memberOfModule(run, meaning.module, meaning.name, depth);
    case 'method': {
      const given = assignedTo(run, qual.replace(/^object /, 'class '), name, depth);
      const plain = meaning.definition.property
        ? propertyValue(run, meaning.definition, depth)
        : { ...unknownPy, own: meaning.definition, nodes: object.nodes };
      return given.length === 0 ? plain : either([plain, ...given]);
    }
    case 'attribute':
      return attributeOfObject(run, object, meaning.owner, name, depth);
    case 'name': {
      const plain = { ...unknownPy, ...about, qual: meaning.qual, folded: object.folded };
      const given = isLibrary.test(qual) ? assignedTo(run, qual, name, depth) : [];
      return given.length === 0 ? plain : either([plain, ...given]);
    }
  }
}

// What a path found in a folder says of its file: a part of the name, a time, a size.
const ofPaths = /^(stem|suffix|suffixes|st_[amc]time|st_size)$/;

// An object of the skill may have an attribute of that name, also by a text: `namedtuple("T",
// "stem")`. A path that the skill makes of a text is no path found in a folder.
function isOfSkill(run: PythonRun, name: string): boolean {
  return run.modules
    .values()
    .some(
      ({ attributes, classes, scopes, source }) =>
        attributes.has(name) ||
        new RegExp(`["'](?:\\w+[ ,]+){0,20}${name}\\b`).test(source.text) ||
        mapsToPaths.test(source.text) ||
        classes.values().some(({ from }) => scopes.get(from)?.names.has(name) === true),
    );
}

const mapsToPaths = /\bmap\(\s*(?:pathlib\.)?(?:Pure|Posix|Windows)*Path\b/;

// A module, and a class in it: no object that a call gave.
const isLibrary = /^[\w.]+$/;

// `json.dumps = function`, `C.method = function`: what else a member may be.
function assignedTo(run: PythonRun, qual: string, name: string, depth: number): PyValue[] {
  const all = run.assigned.get(name) ?? [];
  if (all.length > alternativesMax) return [];
  run.context.steps.take(all.length);
  return all.flatMap(({ module, one }) => {
    if (/^(self|cls)$/.test(textOf(module, one.object))) return [];
    if (run.evaluate(run, module, one.object, depth).qual !== qual) return [];
    const value = run.boundValue(run, module, one.binding, depth);
    return value.own === undefined ? [] : [value];
  });
}

const tellingMembers: Readonly<Record<string, string>> = {
  Unpickler: 'pickle',
  Popen: 'subprocess',
  check_output: 'subprocess',
  check_call: 'subprocess',
  getoutput: 'subprocess',
  system: 'os',
  popen: 'os',
  execv: 'os',
  execve: 'os',
  execvp: 'os',
  b64decode: 'base64',
  b85decode: 'base64',
  urlopen: 'urllib.request',
  urlretrieve: 'urllib.request',
  CDLL: 'ctypes',
  FunctionType: 'types',
};

/** `getattr(object, key)`; the member is unknown where the key was computed and is not known. */
export function memberByText(
  run: PythonRun,
  at: PyNoting,
  object: PyValue,
  key: PyValue | undefined,
  depth: number,
): PyValue {
  const names = key?.texts ?? [];
  for (const name of names)
    if (at.node instanceof PyNode) noteReaching(run, at.module, at.node, name, object);
  if (/^(__builtins__|builtins)$/.test(object.qual ?? '')) noteSpelled(run, at, names);
  const known = names.filter((name) => !name.includes(unknownPart));
  const values = known.map((name) => memberOf(run, object, name, depth));
  const given = { ...either(values), folded: true, byText: true };
  if (known.length > 0 && known.length === names.length) return given;
  const any = memberByUnknown(run, at, object, key);
  return known.length > 0 ? either([given, any]) : any;
}

// A function of Python itself that is looked up by a text, where its name stands nowhere in the
// code: whoever calls it later calls a name that nobody can search for.
function noteSpelled(run: PythonRun, at: PyNoting, names: readonly string[]): void {
  const { text } = at.module.source;
  for (const name of names) {
    if (!builtinFunctions.has(name)) continue;
    run.context.steps.take(1 + (text.length >> 6));
    if (!new RegExp(`\\b${name}\\b`).test(text))
      notePyTrait(
        run,
        { ...at, certainty: 'folded' },
        'folded-name',
        `a name put together is ${name}`,
      );
  }
}

const startsPrograms = /^(os|subprocess|builtins|__builtins__|pty|commands)$/;

function isCalled({ node }: PyNoting): boolean {
  return (
    node instanceof PyNode &&
    node.parent?.name === 'CallExpression' &&
    node.nextSibling?.name === 'ArgList'
  );
}

function memberByUnknown(
  run: PythonRun,
  at: PyNoting,
  object: PyValue,
  key: PyValue | undefined,
): PyValue {
  // Whoever names the module and the function says what is run. Where a function of a module that
  // starts programs is called at once, the name alone says it: `getattr(os, name)(argument)`.
  const isChosen =
    (object.qual === '*' && object.nodes.length > 0) ||
    (startsPrograms.test(object.qual ?? '') && (key?.texts ?? []).length === 0 && isCalled(at));
  const named = isChosen ? (key?.nodes ?? []) : [];
  flowSink(run, at, named, { what: 'exec', api: at.api, part: 'code' });
  const functions = functionsLike(run, functionsOf(run, object.qual), key);
  if (functions.length > 0)
    return either(functions.map((own) => ({ ...unknownPy, own, nodes: object.nodes })));
  if (object.qual === undefined || !powerfulModules.has(object.qual))
    return { ...unknownPy, nodes: object.nodes };
  const what = `a member of ${object.qual} whose name is computed`;
  notePyTrait(run, { ...at, certainty: 'widened' }, 'escape', what);
  return { ...unknownPy, qual: `${object.qual}.*` };
}

/**
 * What a name that is computed may be of the functions with these names: `f"on_{kind}"` each whose
 * name begins so, and a name of which nothing is known each of them.
 */
export function functionsLike(
  run: PythonRun,
  named: Iterable<readonly [string, PythonFunction]>,
  key: PyValue | undefined,
): readonly PythonFunction[] {
  const texts = [...(key?.texts ?? []), ...(key?.otherTexts ?? [])];
  const forms = texts
    .filter((text) => text.includes(unknownPart))
    .map((text) => [
      text.slice(0, text.indexOf(unknownPart)),
      text.split(unknownPart).at(-1) ?? '',
    ]);
  const all = [...named];
  run.context.steps.take(1 + all.length);
  return all
    .filter(
      ([name]) =>
        forms.length === 0 ||
        forms.some(([start = '', end = '']) => name.startsWith(start) && name.endsWith(end)),
    )
    .map(([, definition]) => definition)
    .slice(0, alternativesMax);
}

// Methods of a class of the skill, or functions of a module of the skill.
function functionsOf(run: PythonRun, qual: string | undefined): [string, PythonFunction][] {
  const className = classIn('object', qual);
  if (className !== undefined) run.context.steps.take(1 + run.methods.size);
  if (className !== undefined)
    return [...run.methods].flatMap(([path, method]): [string, PythonFunction][] =>
      path.startsWith(`${className}.`) ? [[path.slice(className.length + 1), method]] : [],
    );
  const module = qual?.startsWith('own ') ? run.modules.get(qual.slice('own '.length)) : undefined;
  return module === undefined ? [] : topFunctions(module);
}

/** The functions at the top of a module, by name. */
export function topFunctions(module: PythonModule): [string, PythonFunction][] {
  return [...module.scope.names].flatMap(([name, bindings]): [string, PythonFunction][] =>
    bindings.flatMap((one) => (one.kind === 'function' ? [[name, one.definition]] : [])),
  );
}

// Options of a program in Python, read by argparse: what each is when nobody gives it.

/** Whether a value holds the options that argparse read. */
function isOptions(qual: string): boolean {
  return /^argparse\.ArgumentParser\(\)\.parse_(known_|intermixed_)?args\(\)(\[\])?$/.test(qual);
}

/** An option by name: its default, or anything else. */
function optionOf(run: PythonRun, options: PyValue, name: string, depth: number): PyValue {
  const any = { ...unknownPy, nodes: options.nodes, targets: options.targets };
  const calls = (run.calls.get('add_argument') ?? []).slice(0, callSitesMax);
  run.context.steps.take(calls.length);
  const defaults = calls.flatMap(({ module, call }) => {
    const { positional, keywords } = argumentsOf(module, call);
    const fallback = keywords.get('default');
    const file = openedBy(run, module, call, keywords.get('type'));
    if (fallback === undefined && file.length === 0) return [];
    const dest = keywords.get('dest');
    const names = (dest === undefined ? positional : [dest]).map((one) => plain(module, one));
    const usual = fallback === undefined ? unknownPy : run.evaluate(run, module, fallback, depth);
    const one: PyValue = { ...usual, nodes: [...usual.nodes, ...file] };
    return names.includes(name) ? [one] : [];
  });
  for (const { module, call } of (run.calls.get('set_defaults') ?? []).slice(0, callSitesMax)) {
    const given = argumentsOf(module, call).keywords.get(name);
    if (given !== undefined) defaults.push(run.evaluate(run, module, given, depth));
  }
  const known = defaults.filter(({ texts }) => texts.length > 0);
  const nodes = [...new Set([...options.nodes, ...nodesOf(defaults)])];
  if (known.length === 0) return { ...any, nodes };
  const { texts, otherTexts, qual } = either([...known, anyText]);
  return { ...any, nodes, texts, otherTexts, qual: qual === 'pathlib.Path()' ? qual : undefined };
}

// `type=argparse.FileType("rb")` opens the file that the option names.
function openedBy(
  run: PythonRun,
  module: PythonModule,
  call: PyNode,
  type: PyNode | undefined,
): readonly string[] {
  if (type === undefined || !textOf(module, type).includes('FileType')) return [];
  const at = { module, node: call, api: 'argparse.FileType', certainty: 'exact' } as const;
  return [flowSource(run, at, { what: 'file', name: '*' }, 'opens the file that it is given')];
}

// `"--jump-host"` is read as `jump_host`.
function plain(module: PythonModule, node: Parameters<typeof textOf>[1]): string {
  return textOf(module, node)
    .replace(/^[rRuU]?['"]|['"]$/g, '')
    .replace(/^-{1,2}/, '')
    .replaceAll('-', '_');
}
