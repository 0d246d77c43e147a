/** What calls give by names that stand in texts: modules, variables, fields of a format. */

import { nothingGiven } from '../calls.ts';
import type { Engine } from '../interpret.ts';
import { itemAt } from '../items.ts';
import { compute } from '../library/library.ts';
import { isEnvironment, memberByText, namedValue } from '../names.ts';
import { shownBy } from '../protocols.ts';
import type { Text } from '../text.ts';
import {
  allNodesOf,
  apiValue,
  concat,
  dataOf,
  either,
  isWritten,
  knownText,
  nil,
  objectsOf,
  scalarValue,
  textsOf,
  textValue,
  unknown,
  type Value,
} from '../value.ts';
import { type ApiCall, allGiven, argOf, readVariable, siteOf } from './effects.ts';
import { applyFile, loadPath, ownProgram, runProgram } from './files.ts';

// A text that only names something: what it names.
export function evaluated(engine: Engine, call: ApiCall): Value {
  const [, first, rest = ''] =
    /^\s*([a-z_]\w{0,80})((?:\.\w{1,80})*)\s*$/i.exec(knownText(call.args[0]) ?? '') ?? [];
  if (first === undefined) return unknown;
  const { node } = siteOf(call);
  const found =
    call.frame.env.get(first) ??
    namedValue(engine, { ...call.at.place, kind: 'global', name: first }, call.frame) ??
    unknown;
  const value =
    rest === '' ? found : memberByText(engine, node, found, textValue(rest.slice(1)), call.frame);
  return { ...value, isFolded: true };
}

// A module by its name: one of the skill, or of the library.
export function moduleBy(engine: Engine, call: ApiCall, isTop: boolean): Value {
  const name = argOf(call, { at: 0, name: 'name' }) ?? unknown;
  const texts = textsOf(name);
  // Without a list of what is wanted, `__import__("a.b")` gives `a`.
  const givesTop = isTop && call.args.length < 4 && !call.named.has('fromlist');
  return either(
    texts.map((text): Value => {
      if (!text.isKnown) {
        const at = { ...call.at, certainty: 'widened' } as const;
        engine.notes.trait(at, 'dynamic-import', 'a module whose name is computed');
        engine.notes.sink(at, text.nodes, { what: 'exec', api: at.api, part: 'argument' });
        return { ...dataOf(text.nodes), things: [{ is: 'api', name: 'sys.modules.*' }] };
      }
      const [, module = '', member] = /^([\w.]+)(?::([\w.]+))?$/.exec(text.whole) ?? [];
      const path = module.replaceAll('.', '/');
      const own =
        ownProgram(engine, call.at.program, path, false) ??
        ownProgram(engine, call.at.program, `${path}/__init__`, false);
      if (own === undefined && !engine.knowledge.isOwnLibrary?.(`${module}.*`))
        loadPath(engine, call.at, textValue(`${path}.py`), call.frame);
      const value =
        own === undefined
          ? apiValue(givesTop ? module.replace(/\..*$/, '') : module)
          : runProgram(engine, own, call.frame);
      const found =
        member === undefined
          ? value
          : memberByText(engine, siteOf(call).node, value, textValue(member), call.frame);
      return isWritten(name) && member === undefined ? found : { ...found, isFolded: true };
    }),
  );
}

/** `require(name)`, `import(name)`: a library by its name, or a program of the skill. */
export function requiredBy(engine: Engine, call: ApiCall): Value {
  const [name = unknown] = call.args;
  // A name that stands in the code as it is.
  const isWhole = (text: Text): boolean => text.isPlain || (isWritten(name) && text.isKnown);
  const isPackage = ({ whole, isKnown }: Text): boolean =>
    isKnown && !/^([./~]|(?:data|https?|file|blob):)/.test(whole);
  const values = textsOf(name).map((text): Value => {
    const { whole, isKnown } = text;
    if (isPackage(text)) {
      const at = { ...call.at, certainty: 'folded' } as const;
      if (!isWhole(text)) engine.notes.trait(at, 'folded-name', whole);
      return apiValue(engine.canonical(whole));
    }
    if (isKnown && /^[/~]/.test(whole) && !whole.startsWith('/skills/'))
      return outside(engine, call, whole, isWhole(text));
    const isInside = /^(\.{1,2}|\/skills\/@self)\//.test(whole);
    if (!isKnown && !isInside)
      engine.notes.capability(call.at, { kind: 'exec', program: '*' }, [
        'dynamic-import',
        'dynamic-name',
      ]);
    const loaded = loadPath(engine, call.at, textValue(text), call.frame, true);
    const own = isKnown ? ownProgram(engine, call.at.program, whole, true) : undefined;
    const exported = `exports of ${own?.source.path ?? ''}`;
    const held = own && engine.globals.fields.get(exported);
    return held ?? loaded;
  });
  const found = either(values);
  const packages = textsOf(name).filter(isPackage);
  const isHidden = packages.length > 0 && !packages.some(isWhole);
  return isHidden ? { ...found, isFolded: true } : found;
}

// A file outside of the skill: its author decides what is run.
function outside(engine: Engine, { at, frame }: ApiCall, path: string, isWhole: boolean): Value {
  // An installed package whose name stands nowhere.
  if (!isWhole && path.includes('/node_modules/'))
    engine.notes.trait({ ...at, certainty: 'folded' }, 'folded-name', path);
  // A module that is data.
  if (path.endsWith('.json')) {
    const given = { ...nothingGiven, at, frame, args: [textValue(path)] };
    return applyFile(engine, given, { does: 'read', path: 0 });
  }
  const source = { what: 'file', name: path } as const;
  const node = engine.notes.source(at, source, `${at.api} reads it`);
  engine.notes.sink(at, [node], { what: 'exec', api: at.api, part: 'code' });
  loadPath(engine, at, textValue(path), frame, true);
  return apiValue(path);
}

// `os.path.expandvars(text)`: the variables that the text names are read.
export function expanded(engine: Engine, call: ApiCall): Value {
  const text = knownText(call.args[0]);
  if (text === undefined) return { ...unknown, nodes: allNodesOf(call.args) };
  const parts: Value[] = [];
  let from = 0;
  for (const match of text.matchAll(/\$\{?([A-Za-z_]\w{0,80})\}?|%([A-Za-z_]\w{0,80})%/g)) {
    parts.push(
      textValue(text.slice(from, match.index)),
      readVariable(engine, call, textValue(match[1] ?? match[2] ?? ''), undefined),
    );
    from = match.index + match[0].length;
  }
  return concat([...parts, textValue(text.slice(from))]);
}

// `"{} {name}".format(value, name=other)`
export function bracesIn(engine: Engine, call: ApiCall): Value {
  const format = knownText(call.self);
  if (format === undefined || engine.isExhausted)
    return { ...dataOf(allNodesOf(allGiven(call))), isDecoded: call.self?.isDecoded === true };
  const [only] = call.args;
  if (only?.things.some((thing) => isEnvironment(engine, thing)))
    return bracesIn(engine, { ...call, args: [], spread: [...call.spread, only] });
  const record =
    call.args.length === 1 && call.named.size === 0
      ? objectsOf(call.args[0] ?? unknown)[0]
      : undefined;
  let next = 0;
  let at = 0;
  const parts: Value[] = [];
  const site = siteOf(call);
  for (const match of format.matchAll(
    /\{\{|\}\}|\{([\w]*)((?:\.\w+|\[[^\]]{1,80}\])*)(?:![rsa])?(?::([^{}]{0,40}))?\}/g,
  )) {
    parts.push(textValue(format.slice(at, match.index)));
    at = match.index + match[0].length;
    if (match[0] === '{{' || match[0] === '}}') {
      parts.push(textValue(match[0].charAt(0)));
      continue;
    }
    const [, name = '', rest = '', spec = ''] = match;
    const first =
      name === ''
        ? call.args[next++]
        : /^\d+$/.test(name)
          ? call.args[Number(name)]
          : (call.named.get(name) ??
            record?.fields.get(name) ??
            record?.rest ??
            spreadRecord(engine, call, name) ??
            dataOf(allNodesOf(call.args)));
    const value = [...rest.matchAll(/\.(\w+)|\[([^\]]+)\]/g)].reduce(
      (one, [, member, key]) =>
        member === undefined
          ? itemAt(engine, site.node, one, textValue(key ?? ''), call.frame)
          : memberByText(engine, site.node, one, textValue(member), call.frame),
      first ?? unknown,
    );
    const shown = shownBy(engine, site, value) ?? value;
    // `{:.3}` takes the first letters of a text.
    const [, letters] = /\.(\d{1,4})s?$/.exec(spec) ?? [];
    const bounds = [nil, scalarValue(Number(letters)), nil];
    const isCut = letters !== undefined && shown.texts.length > 0;
    parts.push(isCut ? compute('part', [shown, ...bounds]) : shown);
  }
  parts.push(textValue(format.slice(at)));
  return concat(parts);
}

function spreadRecord(engine: Engine, call: ApiCall, name: string): Value | undefined {
  for (const value of call.spread)
    if (value.things.some((thing) => isEnvironment(engine, thing)))
      return itemAt(
        engine,
        siteOf(call).node,
        { ...value, nodes: [] },
        textValue(name),
        call.frame,
      );
  for (const value of call.spread)
    for (const object of objectsOf(value)) {
      const field = object.fields.get(name) ?? object.rest;
      if (field !== undefined) return field;
    }
  return undefined;
}
