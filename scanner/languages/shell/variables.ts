/** Variables: reads, writes, items of arrays. What a script does not set is of the environment. */

import type { At } from '../../engine/notes.ts';
import {
  dataOf,
  either,
  listValue,
  objectsOf,
  textValue,
  unknown,
  type Value,
} from '../../engine/value.ts';
import { own } from '../../lookup-tables/api.ts';
import { observingVariables } from '../../lookup-tables/observations.ts';
import { shellVariables } from '../../lookup-tables/shell.ts';
import { named, type Shell } from './shell-state.ts';
import { arrayValue, membersOf, nodes, plain, shown } from './values.ts';

/** The value of a variable; of an array, all of it. */
export function readVariable(shell: Shell, given: string, at: At): Value {
  const name = targetName(shell, given);
  const held = shell.get(name);
  if (held !== undefined) return { ...withoutEmpty(held), isFolded: true };
  if (/^(\d+|[@*])$/.test(name)) return argument(shell, name, at);
  const usual = usualValue(shell, name, at);
  if (usual !== undefined) return { ...usual, isFolded: true };
  const told = own(observingVariables, name);
  if (told !== undefined && shellVariables.has(name))
    return shell.source(at, { what: 'observed', name: told }, `tells the ${told}`);
  if (shellVariables.has(name) || !/^[A-Za-z_]\w*$/.test(name)) return unknown;
  return environmentValue(shell, name, named(at, `$${name}`));
}

// What may be empty matters for what it is otherwise.
function withoutEmpty(value: Value): Value {
  if (value.texts.length === 0 || (value.texts.length === 1 && !value.isOpen)) return value;
  const texts = value.texts.filter(({ whole, nodes: held }) => whole !== '' || held.length > 0);
  const isOther = texts.length > 0 || value.isOpen || value.things.length > 0;
  return isOther && texts.length < value.texts.length ? { ...value, texts } : value;
}

export function environmentValue(shell: Shell, name: string, at: At): Value {
  shell.notes.capability(at, { kind: 'env', name }, name === '*' ? ['dynamic-name'] : []);
  return shell.source(at, { what: 'env', name }, `reads ${name}`);
}

/** The values of all variables of the environment, which a command gives. */
export function wholeEnvironment(shell: Shell, at: At): Value {
  shell.notes.capability(at, { kind: 'env', name: '*' }, ['whole-env']);
  return shell.source(at, { what: 'whole-env', name: '*' }, `${at.api} gives every variable`);
}

function argument(shell: Shell, name: string, at: At): Value {
  if (name === '0') return shell.ownPath(at) ?? unknown;
  const all = shell.get('@');
  const given = all === undefined ? undefined : itemOfArguments(all, name);
  if (given !== undefined) return { ...given, isFolded: true };
  const source = { what: 'input', name: `$${name}` } as const;
  return shell.source(at, source, 'argument of the script');
}

function itemOfArguments(all: Value, name: string): Value | undefined {
  if (!/^\d/.test(name)) return all;
  const found = objectsOf(all).flatMap(({ fields }) => fields.get(`${Number(name) - 1}`) ?? []);
  if (all.isOpen) found.push(dataOf(nodes(all)));
  return found.length === 0 ? undefined : either(found);
}

function usualValue(shell: Shell, name: string, at: At): Value | undefined {
  switch (name) {
    case 'HOME':
      return textValue('~');
    case 'IFS':
      return textValue(' ');
    case 'PWD':
      return textValue(shell.folder === '' ? '.' : shell.folder);
    case 'TMPDIR':
      return textValue('/tmp');
    case 'BASH_SOURCE':
      return shell.ownPath(at) ?? unknown;
    // `${SHELL:0:1}`, `${PATH:0:1}`: the first letter is always a slash.
    case 'SHELL':
      return textValue('/bin/bash');
    default:
      return undefined;
  }
}

/** Sets one item of an array. */
export function setMember(
  shell: Shell,
  given: string,
  key: string | undefined,
  value: Value,
): void {
  const name = targetName(shell, given);
  const old = shell.get(name);
  const members = new Map(
    (old === undefined ? undefined : membersOf(old)) ??
      (old === undefined || shown(old) === '' ? [] : [['0', old] as const]),
  );
  shell.take(members.size >> 2);
  // An unknown item may be any.
  if (key === undefined) for (const [at, item] of members) members.set(at, either([item, value]));
  members.set(key ?? `${members.size}`, value);
  shell.set(name, arrayValue([...members]));
}

export function setVariable(shell: Shell, given: string, value: Value): void {
  shell.set(targetName(shell, given), value);
}

/** The arguments of the script or of a function; undefined where they come from outside. */
export function argumentsIn(shell: Shell): readonly Value[] | undefined {
  const all = shell.get('@');
  return all === undefined ? undefined : [...(membersOf(all)?.values() ?? [])];
}

export function setArguments(shell: Shell, values: readonly Value[]): void {
  shell.set('@', listValue(values));
}

/** The variable that a name stands for: `declare -n` makes one name stand for another. */
export function targetName(shell: Shell, name: string): string {
  let at = name;
  for (let hop = 0; hop < 8; hop++) {
    const to = shell.get(`reference ${at}`);
    if (to === undefined) return at;
    at = shown(to);
  }
  return at;
}

/** An array with further items, or a text with a further part. */
export function appended(old: Value | undefined, value: Value): Value | undefined {
  const more = membersOf(value);
  if (old === undefined) return value;
  if (more === undefined) return undefined;
  const before = membersOf(old) ?? new Map(shown(old) === '' ? [] : [['0', plain(old)]]);
  return arrayValue(
    [...before.values(), ...more.values()].map((item, index) => [`${index}`, item] as const),
  );
}
