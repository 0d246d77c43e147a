/** Methods of plain data in Python: text folded, lists and files filled. */

import { alternativesMax } from '../../../fact/shared-limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { callWith, type PyCall } from '../effects/call.ts';
import { applyEffect } from '../effects/effects.ts';
import { noteFronted } from '../effects/network.ts';
import { attributeNode } from '../names/classes.ts';
import { contentsOf } from '../names/handed-over.ts';
import { flowInto } from '../names/shared-parts.ts';
import { itemOf } from '../names/special.ts';
import { nameOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule, PyValue } from '../program.ts';
import { flowEdge, flowNode, flowSource, type PythonRun } from '../run.ts';
import { foldedOf, oneOf, pyOf } from '../values/given.ts';
import { formatOf } from '../values/operators.ts';
import { textMethod } from '../values/text.ts';
import { anyText, combinations, either, join, nodesOf, unknownPy } from './alternatives.ts';

export const textMethods =
  /^(strip|lstrip|rstrip|encode|decode|lower|upper|casefold|swapcase|replace|removeprefix|removesuffix|format|format_map|join|title|split|splitlines|ljust|rjust|zfill|translate|hex|as_posix)$/;

// What puts what it is given into another form, by its name: an encoder, a copy, an exception that
// carries a message.
const carriers =
  /(encrypt|encode|encipher|compress|dumps|pack|serialize|hexlify|quote|convert|transform|wrap|obfuscate|scramble|b64|base64|to_json|to_string|to_bytes|Error|Exception|Exit)\w{0,20}$/;

// Methods of classes of data that give all fields together: pydantic, NamedTuple.
const givesWhole = /^(model_dump(_json)?|_asdict|asdict|to_dict|dict|json)$/;

export const mutators =
  /^(append|appendleft|add|extend|update|insert|write|writelines|setdefault|put|send_keys)$/;

// A method of plain data, or something that is not known: data of the object stays in the result.
export function plainCall(run: PythonRun, call: PyCall, callee: PyValue): PyValue {
  const { object, method, args } = call;
  const [told] = args;
  if (method === 'add_done_callback' && told !== undefined)
    run.invoke(run, callWith(call, [object]), told, 1);
  const kept = callee.qual === undefined ? entryOf(run, call) : undefined;
  if (kept !== undefined) return kept;
  if (method === 'join' && args[0]?.items !== undefined)
    return { ...joinItems(object, args[0]), nodes: nodesOf(args) };
  const isText = textMethods.test(method);
  const texts = isText ? [...new Set(textsMade(call))] : [];
  const otherTexts = isText ? othersOf(object, method, args, texts) : [];
  const carries = isText || carriers.test(method === '' ? (callee.qual ?? '') : method);
  const passed = carries
    ? [...nodesOf([object, ...args, ...call.keywords.values()]), ...call.spread]
    : [...object.nodes, ...(callee.qual?.endsWith('()') === true ? callee.nodes : [])];
  const whole = givesWhole.test(method) ? contentsOf(run, object) : [];
  const nodes =
    method === 'hex' && passed.length > 0 ? [asHex(run, call, passed)] : [...passed, ...whole];
  const [items, ...otherItems] = partsOf(call, nodes);
  return {
    ...unknownPy,
    texts,
    otherTexts,
    nodes,
    items,
    otherItems,
    folded: object.folded || (isText && !/^(strip|encode|decode)$/.test(method)),
    decoded: object.decoded,
    targets: object.targets,
    qual: madeName(object, callee, isText),
    raw: /^(strip|encode|decode)$/.test(method) ? object.raw : undefined,
  };
}

// `table.get(key, other)`: what the table holds there, and of functions any where the key is not
// known.
function entryOf(run: PythonRun, call: PyCall): PyValue | undefined {
  const { object, method, args } = call;
  const [key, other] = args;
  // `folders.pop()`: any of those that were there at first, or one that was put there later.
  if (object.entries === undefined && /^pop(left)?$/.test(method) && object.items !== undefined)
    return either([...object.items.slice(0, alternativesMax), { ...anyText, nodes: object.nodes }]);
  if (object.entries === undefined || key === undefined || !/^(get|pop)$/.test(method))
    return undefined;
  const item = itemOf(run, call, object, key, 1, false);
  return other === undefined ? item : either([item, other]);
}

// `sys.executable.replace('.exe', 'w.exe')` is the interpreter, too.
function madeName(object: PyValue, callee: PyValue, isText: boolean): string | undefined {
  if (isText) return object.qual === 'sys.executable' ? object.qual : undefined;
  return callee.qual === undefined ? undefined : `${callee.qual}()`;
}

// `path.rsplit('.', 1)[0]`: the parts of texts that are known.
function partsOf(call: PyCall, nodes: readonly string[]): readonly (readonly PyValue[])[] {
  const { object, method, args, keywords } = call;
  if (!/^r?(split|partition)$/.test(method)) return [];
  const named = [...keywords].map(([key, value]) => [key, foldedOf(value)] as const);
  const given = { args: args.map(oneOf), keywords: new Map(named) };
  return object.texts.flatMap((text) => {
    if (text.includes(unknownPart)) return [];
    const { items } = pyOf(textMethod(text, method, given));
    return items === undefined ? [] : [items.map((item) => ({ ...item, nodes }))];
  });
}

// Text and bytes are one here, and so are the forms of a path.
const isSame = /^(encode|decode|as_posix)$/;

// These leave parts that are not known as they are.
const leavesUnknown = /^([lr]?strip|format|replace|removeprefix|removesuffix)$/;

// What the method makes of each text with each of what it is given.
function textsMade(call: PyCall): readonly string[] {
  const { object, args } = call;
  if (object.texts.length === 0) return [];
  const names = [...call.keywords.keys()];
  const made = combinations([object, ...args, ...call.keywords.values()]).map(([one, ...given]) =>
    methodOfText(one?.texts[0] ?? unknownPart, {
      ...call,
      args: given.slice(0, args.length),
      keywords: new Map(names.map((name, at) => [name, given[args.length + at] ?? unknownPy])),
    }),
  );
  const texts = made.flat();
  return texts.length > 0 && made.some(({ length }) => length === 0)
    ? [...texts, unknownPart]
    : texts;
}

function methodOfText(text: string, { method, args, keywords }: PyCall): readonly string[] {
  if (isSame.test(method)) return [text];
  if (method === 'format_map') {
    const table = [...(args[0]?.entries ?? [])].map(([key, one]) => [key, foldedOf(one)] as const);
    return [formatOf(text, [], new Map(table), unknownPart) ?? unknownPart];
  }
  // What is joined is a list, of which only its items would say it.
  if (method === 'join' || (text.includes(unknownPart) && !leavesUnknown.test(method))) return [];
  const named = [...keywords].map(([key, value]) => [key, foldedOf(value)] as const);
  const found = textMethod(text, method, {
    args: args.map(oneOf),
    keywords: new Map(named),
    hole: unknownPart,
  });
  return pyOf(found).texts;
}

// What the method makes of what the object or the arguments may be besides.
function othersOf(
  object: PyValue,
  method: string,
  args: readonly PyValue[],
  made: readonly string[],
): readonly string[] {
  if (/^(encode|decode)$/.test(method)) return object.otherTexts;
  if ([object, ...args].some(({ otherTexts, grown }) => otherTexts.length > 0 || grown))
    return [unknownPart];
  if (args.every(({ texts }) => texts.length > 0)) return [];
  if (method !== 'format') return made.length > 0 ? [unknownPart] : [];
  return object.texts.flatMap((text) => formatOf(text, [], new Map(), unknownPart) ?? []);
}

// `data.hex()` is another form of the data.
function asHex(run: PythonRun, call: PyCall, from: readonly string[]): string {
  const id = flowNode(run, call.module, call.node, `encoded@${call.node.from}`, 'encoded by hex');
  for (const one of from) flowEdge(run, one, id, true);
  return id;
}

export function joinItems(separator: PyValue, list: PyValue): PyValue {
  const items = list.items ?? [];
  const between = { ...unknownPy, texts: separator.texts.slice(0, 1) };
  const joined = join(items.flatMap((item, index) => (index === 0 ? [item] : [between, item])));
  const isOpen = list.grown || list.otherTexts.length > 0;
  return { ...joined, otherTexts: isOpen ? [unknownPart] : joined.otherTexts, folded: true };
}

// What `generator.send(x)` puts into the generators of the skill.
export function sentNode(run: PythonRun, { module, id, node }: PythonFunction): string {
  return flowNode(run, module, node, `${id}:sent`, 'sent to a generator');
}

// `list.append(x)` puts x into the variable; `file.write(x)` into what the file is.
export function mutate(run: PythonRun, call: PyCall, objectNode: PyNode | undefined): void {
  if (call.method === 'send' && call.object.targets.length === 0)
    for (const definition of run.receiving)
      for (const from of nodesOf(call.args)) flowEdge(run, from, sentNode(run, definition));
  if (call.method === 'connect' && objectNode?.name === 'VariableName')
    flowInto(run, call.module, objectNode, receivedBy(run, call));
  if (!(mutators.test(call.method) || isBuilding(call)) || objectNode === undefined) return;
  const given = [...nodesOf([...call.args, ...call.keywords.values()]), ...call.spread];
  const holder = objectNode.name === 'MemberExpression' ? objectNode.lastChild : null;
  const table = holder === null ? '' : nameOf(call.module, holder);
  if (call.method === 'update' && /^(headers|proxies)$/.test(table) && objectNode.firstChild) {
    const [first] = call.args;
    const entries = new Map([...(first?.entries ?? []), ...call.keywords]);
    const client = run.evaluate(run, call.module, objectNode.firstChild);
    noteFronted(run, call, table, { ...unknownPy, entries }, client);
  }
  if (objectNode.name === 'VariableName' && given.length > 0)
    flowIntoName(run, call.module, objectNode, given);
  for (
    let at: PyNode | null = objectNode;
    at !== null && holders.test(at.name);
    at = at.firstChild
  ) {
    const property = at.lastChild;
    if (property?.name !== 'PropertyName') {
      // `table[key].append(x)`, `table.setdefault(key, []).append(x)`
      if (at.firstChild?.name === 'VariableName')
        flowIntoName(run, call.module, at.firstChild, given);
      continue;
    }
    const to = attributeNode(run, call.module, nameOf(call.module, property), property);
    for (const from of given) flowEdge(run, from, to);
    if (at.firstChild?.name === 'VariableName')
      flowIntoName(run, call.module, at.firstChild, given);
  }
  if (/^write/.test(call.method) && call.object.targets.length > 0)
    applyEffect(run, call, { does: 'send', content: { at: 0, name: 's' } });
}

// `mail.attach(part)`: whoever calls a method of a library's object and drops what the method gives
// changes the object. What a connection is given goes elsewhere.
function isBuilding({ node, api, object }: PyCall): boolean {
  const isDropped = 'parent' in node && (node as PyNode).parent?.name === 'ExpressionStatement';
  // `request.add_header(name, value)` of an object that somebody gave.
  const changes = made.test(api) || /^(add|set)_[a-z]\w{0,60}$/.test(api);
  return isDropped && changes && object.targets.length === 0 && object.file.length === 0;
}

const made = /\(\)(\.[a-z]\w{0,60}){1,3}$/;

// What an object gives that was made with an address, and now is connected.
function receivedBy(run: PythonRun, call: PyCall): readonly string[] {
  return call.object.targets.flatMap(({ at }) =>
    at.kind === 'egress'
      ? flowSource(run, call, { what: 'network', name: at.url }, `${at.url} gives it`)
      : [],
  );
}

const holders = /^(MemberExpression|CallExpression)$/;

// What is put into the object of a method, or of a class, gets into its attributes alone.
function flowIntoName(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  given: readonly string[],
): void {
  if (!/^(self|cls)$/.test(nameOf(module, node))) flowInto(run, module, node, given);
}
