/** Values of PowerShell's expressions: known text, or shell code that gives the same data. */
import { posix } from 'node:path';
import {
  codeOf,
  environment,
  instanceMembers,
  type NetMeaning,
  noteUnread,
  plainTypes,
  staticMembers,
} from './batch.ts';
import {
  cast,
  changed,
  codeValue,
  indexed,
  joined,
  knownText,
  type Lowering,
  listValue,
  nothing,
  numberOf,
  operate,
  pathOf,
  shellName,
  textValue,
  unknown,
  type Value,
  wordOf,
} from './operations.ts';
import type { Expression } from './syntax.ts';

/** The value of an expression. What it does on the way is added to the script. */
export function evaluate(lowering: Lowering, expression: Expression): Value {
  lowering.steps.take();
  switch (expression.type) {
    case 'text':
      return joined(
        expression.parts.map((part) =>
          typeof part === 'string' ? textValue(part) : evaluate(lowering, part),
        ),
      );
    case 'variable':
      return variable(lowering, expression.name);
    case 'typeName':
      return { ...unknown, type: expression.name, isType: true };
    case 'member':
      return memberOf(lowering, expression, evaluate);
    case 'index':
      return indexed(evaluate(lowering, expression.of), evaluate(lowering, expression.at));
    case 'list':
      return listValue(expression.items.slice(0, 2_000).map((item) => evaluate(lowering, item)));
    case 'table': {
      const fields = new Map<string, Value>();
      for (const { key, value } of expression.entries.slice(0, 500))
        fields.set(
          (knownText(evaluate(lowering, key)) ?? `?${fields.size}`).toLowerCase(),
          evaluate(lowering, value),
        );
      return { ...joined([...fields.values()], ' '), fields };
    }
    case 'block':
      return { ...unknown, blocks: [expression] };
    case 'group':
      return lowering.outcomeOf(lowering, expression.body);
    case 'operation':
      return operations(lowering, expression);
    case 'cast':
      return cast(expression.to, evaluate(lowering, expression.value));
  }
}

// A chain of operators leans to the left, and may have a hundred thousand of them.
function operations(
  lowering: Lowering,
  last: Extract<Expression, { readonly type: 'operation' }>,
): Value {
  const chain = [last];
  let first = last.left;
  while (first?.type === 'operation') {
    chain.push(first);
    first = first.left;
  }
  let value = first && evaluate(lowering, first);
  for (const { operator, right } of chain.reverse()) {
    lowering.steps.take();
    value = operate(operator, value, evaluate(lowering, right));
  }
  return value ?? unknown;
}

function variable(lowering: Lowering, name: string): Value {
  if (name.startsWith('env:')) return environment(name.slice(4));
  const known = lowering.vars.get(name);
  if (known !== undefined) {
    const isFixed = (lowering.assigned.get(name) ?? 0) <= 1;
    if (isFixed && (knownText(known) !== undefined || known.type !== undefined)) return known;
    return { ...known, parts: [{ code: `\${${shellName(name)}}` }] };
  }
  if ((lowering.assigned.get(name) ?? 0) > 0) return codeValue(`\${${shellName(name)}}`);
  const { file, depth } = lowering.source;
  switch (name) {
    case '_':
    case 'psitem':
      return codeValue(`$${shellName('_')}`);
    case 'input':
      return codeValue('$(cat)');
    case 'args':
      return codeValue('$*');
    case 'home':
      return codeValue('$HOME');
    case 'pwd':
      return textValue('.');
    case 'psscriptroot':
      return depth === 0 ? textValue(posix.join('/skills/@self', posix.dirname(file))) : unknown;
    case 'pscommandpath':
      return depth === 0 ? textValue(`/skills/@self/${file}`) : unknown;
    case 'true':
    case 'false':
      return textValue(name);
    case 'null':
      return nothing;
    case 'profile':
      return textValue('~/Documents/PowerShell/Microsoft.PowerShell_profile.ps1');
    case 'ofs':
      return textValue(' ');
    default:
      return unknown;
  }
}

// Members of types and objects: `[Convert]::FromBase64String(…)`, `$client.DownloadString(…)`.

type Member = Extract<Expression, { readonly type: 'member' }>;
type Evaluate = (lowering: Lowering, expression: Expression) => Value;

/** The value of a member, or of its call. */
function memberOf(
  lowering: Lowering,
  { of, name, args: given }: Member,
  evaluate: Evaluate,
): Value {
  const object = evaluate(lowering, of);
  const member = knownText(evaluate(lowering, name))?.toLowerCase();
  const args = given?.map((arg) => evaluate(lowering, arg));
  if (member === undefined) {
    if (args !== undefined) noteUnread(lowering, 'calls a member whose name is computed');
    return changed([object, ...(args ?? [])]);
  }
  if (object.isType === true) return staticMember(lowering, object.type ?? '', member, args);
  if (args === undefined) {
    const field = object.fields?.get(member);
    if (field !== undefined) return field;
    if (member === 'length' || member === 'count')
      return object.items === undefined && knownText(object) === undefined
        ? unknown
        : textValue(`${object.items?.length ?? knownText(object)?.length ?? 0}`);
    return { ...changed([object]), method: { of: object, name: member } };
  }
  return called(lowering, object, member, args);
}

function staticMember(
  lowering: Lowering,
  type: string,
  member: string,
  args: readonly Value[] | undefined,
): Value {
  const whole = `${type}::${member}`;
  const means = staticMembers.find(([form]) => form.test(whole))?.[1];
  if (means !== undefined && (args !== undefined || means === 'load'))
    return act(lowering, means, `[${type}]::${member}`, args ?? []);
  if (member === 'new' && args !== undefined) return codeOf(lowering, type, args);
  if (/^text\.(?:encoding|\w+encoding)$/.test(type))
    return { ...unknown, type: `encoding ${member}` };
  if (!plainTypes.test(type)) noteUnread(lowering, `uses [${type}]::${member}`);
  if (args === undefined) return unknown;
  if (type === 'string' && member === 'join' && args.length > 1) {
    const [by, ...rest] = args;
    const items = rest.length === 1 ? (rest[0]?.items ?? rest) : rest;
    return joined(items, by && knownText(by));
  }
  if (type === 'string' && member === 'concat')
    return joined(args.flatMap((arg) => arg.items ?? [arg]));
  if (type === 'array' && member === 'reverse') return unknown;
  return changed(args);
}

function called(lowering: Lowering, object: Value, member: string, args: readonly Value[]): Value {
  const { method } = object;
  if (method !== undefined && member === 'invoke')
    return called(lowering, method.of, method.name, args);
  if (object.blocks !== undefined || object.type === 'scriptblock') {
    if (/^invoke/.test(member)) {
      if (object.type === 'scriptblock') act(lowering, 'code', '[scriptblock]', [object]);
      return object.blocks === undefined
        ? changed([object, ...args])
        : { ...unknown, blocks: object.blocks };
    }
    return object;
  }
  const text = knownText(object);
  if (text !== undefined && object.items === undefined) {
    const folded = textMethod(text, member, args);
    if (folded !== undefined)
      return { ...folded, ...(object.decoded && { decoded: true as const }) };
  }
  const means = instanceMembers.find(([form]) => form.test(member))?.[1];
  if (means !== undefined && !(means === 'start' && args.length === 0))
    return act(lowering, means, member, [...args], object);
  if (member === 'open' && args.length > 1) return remember(object, args[1]);
  if (member === 'send')
    return object.fields === undefined
      ? changed([object, ...args])
      : act(lowering, 'get', 'send', [object.fields.get('url') ?? unknown, ...args]);
  if (member === 'start' && /process/.test(object.type ?? ''))
    return act(lowering, 'start', 'Process.Start', [object]);
  if (/^invoke/.test(member)) noteUnread(lowering, `calls .${member}()`);
  if (object.type?.startsWith('com '))
    noteUnread(lowering, `calls .${member}() of ${object.type.slice(4)}`);
  return changed([object, ...args]);
}

function remember(object: Value, url: Value | undefined): Value {
  const { fields } = object;
  if (fields instanceof Map && url !== undefined) fields.set('url', url);
  return unknown;
}

function textMethod(text: string, member: string, args: readonly Value[]): Value | undefined {
  const [first, second] = args;
  const known = first === undefined ? undefined : knownText(first);
  const other = second === undefined ? undefined : knownText(second);
  const from = first && numberOf(first);
  const count = second && numberOf(second);
  switch (member) {
    case 'tostring':
    case 'clone':
      return textValue(text);
    case 'trim':
      return known === undefined ? textValue(text.trim()) : undefined;
    case 'tolower':
    case 'tolowerinvariant':
      return textValue(text.toLowerCase());
    case 'toupper':
    case 'toupperinvariant':
      return textValue(text.toUpperCase());
    case 'replace':
      return known === undefined || known === '' || other === undefined
        ? undefined
        : textValue(text.replaceAll(known, () => other));
    case 'substring':
    case 'remove':
      if (from === undefined || from < 0) return undefined;
      return member === 'substring'
        ? textValue(text.slice(from, count === undefined ? undefined : from + count))
        : textValue(text.slice(0, from) + (count === undefined ? '' : text.slice(from + count)));
    case 'insert':
      return from === undefined || other === undefined
        ? undefined
        : textValue(text.slice(0, from) + other + text.slice(from));
    case 'split':
      return known === undefined || known === ''
        ? undefined
        : listValue(text.split(known).slice(0, 2_000).map(textValue));
    case 'tochararray':
      return cast('char[]', textValue(text));
    default:
      return undefined;
  }
}

// What a member of .NET does, as code of the shell with the same effect.
function act(
  lowering: Lowering,
  means: NetMeaning,
  shown: string,
  args: readonly Value[],
  object?: Value,
): Value {
  const folded = computed(means, args, object);
  if (folded !== undefined) return folded;
  const [first = unknown, second = unknown] = args;
  switch (means) {
    case 'start':
      return codeValue(`$(${startOf(args)})`);
    case 'code':
      return {
        ...codeValue(`$(Invoke-Expression --command=${wordOf(first)})`),
        type: 'code',
      };
    case 'load':
      lowering.out.add(`Native-Code ${wordOf(textValue(shown))} ${args.map(wordOf).join(' ')}`);
      return changed(args);
    case 'setEnv': {
      const name = knownText(first);
      if (name !== undefined && /^[A-Za-z_]\w*$/.test(name))
        lowering.out.add(`export ${name.toUpperCase()}=${wordOf(second)}`);
      return unknown;
    }
    case 'folder':
      return codeOf(lowering, 'special folder', args);
    default:
      return codeValue(`$(${commandOf(means, args)})`);
  }
}

// Values that are computed here.
function computed(
  means: NetMeaning,
  args: readonly Value[],
  object: Value | undefined,
): Value | undefined {
  const [first = unknown, second = unknown] = args;
  const text = knownText(first);
  switch (means) {
    case 'same':
      return joined(args);
    case 'join':
      return joined(args, '/');
    case 'char':
      return cast('char', first);
    case 'byte': {
      const base = numberOf(second);
      const code =
        text === undefined || base === undefined ? Number.NaN : Number.parseInt(text, base);
      return Number.isNaN(code) ? changed(args) : textValue(`${code}`);
    }
    case 'base64': {
      if (text === undefined) return undefined;
      const bytes = Buffer.from(text, 'base64');
      return { ...textValue(bytes.toString('utf8')), bytes, decoded: true };
    }
    case 'text': {
      const encoding = /unicode$/.test(object?.type ?? '') ? 'utf16le' : 'utf8';
      if (first.bytes !== undefined)
        return { ...textValue(first.bytes.toString(encoding)), decoded: true };
      if (args.length === 0 && object !== undefined) return object;
      return first.items === undefined
        ? first
        : { ...joined(first.items.map((item) => cast('char', item))), decoded: true };
    }
    case 'env':
      return text !== undefined && /^\w+$/.test(text)
        ? codeValue(`\${${text.toUpperCase()}}`)
        : undefined;
    default:
      return undefined;
  }
}

function startOf(args: readonly Value[]): string {
  const [first = unknown, second] = args;
  const file = knownText(first);
  if (file !== undefined && /\s/.test(file) && args.length < 2) return `cmd /c ${wordOf(first)}`;
  const words = [first, ...(second === undefined ? [] : (second.items ?? [second]))];
  return words.map((one) => wordOf(pathOf(one))).join(' ');
}

function commandOf(means: NetMeaning, args: readonly Value[]): string {
  const [first = unknown, second = unknown] = args;
  const path = wordOf(pathOf(first));
  const target = wordOf(pathOf(second));
  switch (means) {
    case 'base64':
      return `printf %s ${wordOf(first)} | base64 -d`;
    case 'read':
      return `Get-Content --path=${path}`;
    case 'write':
      return `Set-Content --path=${path} --value=${wordOf(second)}`;
    case 'append':
      return `Add-Content --path=${path} --value=${wordOf(second)}`;
    case 'delete':
      return `rm -r ${path}`;
    case 'copy':
      return `cp ${path} ${target}`;
    case 'unzip':
      return `unzip -o ${path} -d ${target}`;
    case 'allEnv':
      return 'printenv';
    case 'env':
      return `printenv ${wordOf(first)}`;
    case 'save':
      return `WebClient --uri=${wordOf(first)} --outfile=${target}`;
    case 'send':
    case 'upload': {
      const isFile = means === 'upload';
      const body = args
        .slice(1)
        .map((arg) => `--${isFile ? 'infile' : 'body'}=${wordOf(isFile ? pathOf(arg) : arg)}`);
      return `WebClient --method=POST --uri=${wordOf(first)} ${body.join(' ')}`;
    }
    case 'socket':
      return `TcpClient ${wordOf(first)} ${wordOf(second)}`;
    case 'clipboard':
      return 'Get-Clipboard';
    default:
      return `WebClient --uri=${wordOf(first)}`;
  }
}
