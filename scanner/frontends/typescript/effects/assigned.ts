/** Assignments with an effect of their own. */
import { ts } from 'ts-morph';
import { own } from '../../../lookup-tables/api.ts';
import { apis } from '../library.ts';
import { type Out, trait, type Use } from '../out.ts';
import { alternatives } from '../values/values.ts';
import { applyEffect } from './effects.ts';
import { assignedApis } from './javascript.ts';

/**
 * An API that is replaced (`fs.readFile = …`: later callers call something else), or that is used
 * by assigning to it.
 */
export function noteAssignment(
  out: Out,
  node: ts.BinaryExpression,
  use: (node: ts.Node, api: string) => Use,
): void {
  const target = node.left;
  if (
    ts.isIdentifier(target)
      ? !Object.hasOwn(assignedApis, target.text)
      : !ts.isPropertyAccessExpression(target) && !ts.isElementAccessExpression(target)
  )
    return;
  for (const value of alternatives(out.self.valueOf(target))) {
    const reached = value.kind === 'api' ? own(assignedApis, value.name)?.effects : undefined;
    if (value.kind === 'api' && reached !== undefined) {
      const args = [{ value: out.self.valueOf(node.right), node: node.right }];
      const call = { api: value.name, built: value.built, args, node, use: use(node, value.name) };
      for (const effect of reached) applyEffect(out, call, effect);
      continue;
    }
    if (
      value.kind === 'api' &&
      (own(apis, value.name)?.effects.some(
        ({ does }) => does !== 'output' && does !== 'input' && does !== 'observe',
      ) === true ||
        /^(module\._(load|extensions|resolve)|require\.(extensions|cache))/.test(value.name))
    ) {
      trait(out, { api: value.name, node }, 'patch-builtin', value.name);
    }
  }
}
