/** Members of Python's modules, classes and objects, computed. */

import { givenFields } from '../assignments/attributes.ts';
import { methodOf } from '../names/classes.ts';
import { memberMeaning } from '../names/meaning.ts';
import { functionOf, textOf } from '../nodes.ts';
import type {
  FoldedName,
  FoldFrame,
  MaybeFolded,
  PyNode,
  PythonFunction,
  PythonModule,
} from '../program.ts';
import type { PythonRun } from '../run.ts';
import { bindingsValue } from './names.ts';
import { boundMethod, isList, isName, isOwn } from './value.ts';

/** `object.name`, where the object's value may not be known. */
export function memberOfFolded(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  object: MaybeFolded,
  name: string,
  frame: FoldFrame | undefined,
): MaybeFolded {
  const written = node.firstChild === null ? '' : textOf(module, node.firstChild);
  if (written === 'self' || written === 'cls')
    return attributeOf(run, module, functionOf(module, node)?.owner ?? '', name);
  if (object === undefined || object === null) return undefined;
  if (isName(object)) return memberOfName(run, object, name);
  if (isOwn(object)) {
    if (name === '__globals__') return { kind: 'name', qual: 'globals()', hidden: true };
    return name === '__name__' ? object.definition.name : undefined;
  }
  if (name.startsWith('__') && name !== '__getitem__')
    return { kind: 'name', qual: `().${name}`, hidden: true };
  return frame !== undefined || !isList(object) ? boundMethod(object, name) : undefined;
}

function attributeOf(
  run: PythonRun,
  module: PythonModule,
  owner: string,
  name: string,
): MaybeFolded {
  const definition = methodOf(run, owner, name);
  if (definition !== undefined) return ownFunction(definition);
  const bindings = module.attributes.get(name) ?? [];
  const inClass = module.inClasses.get(name) ?? [];
  const [only, ...others] = [...bindings, ...inClass];
  if (givenFields(run, owner, name).length > 0) return undefined;
  if (only?.kind !== 'value' || others.length > 0 || only.place !== undefined) return undefined;
  return run.foldNode(run, module, only.node);
}

const texts: Readonly<Record<string, string>> = {
  'string.ascii_lowercase': 'abcdefghijklmnopqrstuvwxyz',
  'string.ascii_uppercase': 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'string.ascii_letters': 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'string.digits': '0123456789',
  'string.hexdigits': '0123456789abcdefABCDEF',
  'string.punctuation': '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  'string.printable':
    '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ \t\n\r\x0b\x0c',
  'os.sep': '/',
  'os.linesep': '\n',
};

/** A member of a module, of a class of the skill, or of another name. */
export function memberOfName(run: PythonRun, object: FoldedName, name: string): MaybeFolded {
  const { qual, hidden } = object;
  const text = Object.hasOwn(texts, `${qual}.${name}`) ? texts[`${qual}.${name}`] : undefined;
  if (text !== undefined) return text;
  if (name === '__name__' && !qual.startsWith('own ')) return qual.split('.').at(-1);
  const meaning = memberMeaning(run, qual, name);
  switch (meaning.kind) {
    case 'global':
      return bindingsValue(run, meaning.module, meaning.name);
    case 'method':
      return ownFunction(meaning.definition);
    case 'attribute': {
      const home = [...run.modules.values()].find((module) => module.attributes.has(name));
      return home === undefined ? undefined : attributeOf(run, home, meaning.owner, name);
    }
    case 'name':
      return { kind: 'name', qual: meaning.qual, hidden: hidden || meaning.qual === 'globals()' };
  }
}

function ownFunction(definition: PythonFunction): MaybeFolded {
  return { kind: 'own', module: definition.module, definition, frame: undefined };
}
