/** Values of PowerShell's expressions: known text, or shell code that gives the same data. */
import { posix } from 'node:path';
import { environment } from './folders.ts';
import { type Lowering, shellName } from './lowering.ts';
import { memberOf } from './members.ts';
import { cast, indexed, operate } from './operations.ts';
import type { Expression } from './syntax.ts';
import {
  codeValue,
  joined,
  knownText,
  listValue,
  nothing,
  textValue,
  unknown,
  type Value,
} from './values.ts';

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
