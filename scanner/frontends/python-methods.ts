/** Methods of plain data in Python: text folded, lists and files filled. */
import type { SyntaxNode } from '@lezer/common';
import { join, nodesOf } from './python-alternatives.ts';
import { applyEffect, type PyCall } from './python-effects.ts';
import { foldMethod } from './python-literals.ts';
import { attributeNode } from './python-members.ts';
import { nameOf, scopeOf } from './python-module.ts';
import { lookUp, variableNode } from './python-names.ts';
import { flowEdge, type PythonRun, type PyValue, unknownPy } from './python-run.ts';

export const textMethods =
  /^(strip|lstrip|rstrip|encode|decode|lower|upper|casefold|swapcase|replace|removeprefix|removesuffix|format|join|title|split|splitlines|ljust|rjust|zfill|translate|hex|as_posix)$/;

export const mutators = /^(append|appendleft|add|extend|update|insert|write|writelines|setdefault|put|send_keys)$/;

// A method of plain data, or something that is not known: data of the object stays in the result.
export function plainCall(call: PyCall, callee: PyValue): PyValue {
  const { object, method, args } = call;
  if (method === 'join' && args[0]?.items !== undefined) return { ...joinItems(object, args[0]), nodes: nodesOf(args) };
  const texts = textMethods.test(method)
    ? object.texts
        .map((text) =>
          foldMethod(
            text,
            method,
            args.map((arg) => arg.texts[0]),
          ),
        )
        .filter((text) => text !== undefined)
    : [];
  const isText = textMethods.test(method);
  const nodes = isText ? nodesOf([object, ...args, ...call.keywords.values()]) : object.nodes;
  return {
    ...unknownPy,
    texts,
    nodes,
    folded: object.folded || (isText && !/^(strip|encode|decode)$/.test(method)),
    decoded: object.decoded,
    target: object.target,
    qual: callee.qual === undefined || isText ? undefined : `${callee.qual}()`,
    raw: /^(strip|encode|decode)$/.test(method) ? object.raw : undefined,
  };
}

export function joinItems(separator: PyValue, list: PyValue): PyValue {
  const items = list.items ?? [];
  const between = { ...unknownPy, texts: separator.texts.slice(0, 1) };
  return { ...join(items.flatMap((item, index) => (index === 0 ? [item] : [between, item]))), folded: true };
}

// `list.append(x)` puts x into the variable; `file.write(x)` into what the file is.
export function mutate(run: PythonRun, call: PyCall, objectNode: SyntaxNode | undefined): void {
  if (!mutators.test(call.method) || objectNode === undefined) return;
  const given = [...nodesOf([...call.args, ...call.keywords.values()]), ...call.spread];
  if (objectNode.name === 'VariableName' && given.length > 0) {
    const name = nameOf(call.module, objectNode);
    const found = lookUp(scopeOf(call.module, objectNode), name);
    if (found !== undefined) {
      const to = variableNode(run, call.module, found.scope, name, objectNode);
      for (const from of given) flowEdge(run, from, to);
    }
  }
  const property = objectNode.name === 'MemberExpression' ? objectNode.lastChild : null;
  if (property?.name === 'PropertyName') {
    const to = attributeNode(run, call.module, nameOf(call.module, property), property);
    for (const from of given) flowEdge(run, from, to);
  }
  if (/^write/.test(call.method) && call.object.target !== undefined)
    applyEffect(run, call, { does: 'send', content: { at: 0, key: 's' } });
}
