/** Assignments that do something by themselves. */
import { ts } from 'ts-morph';
import { own } from '../../../models/api.ts';
import { assignedApis } from '../../../models/javascript.ts';
import { apis } from '../library.ts';
import { type Out, trait, type Use } from '../out.ts';
import { alternatives } from '../values/values.ts';
import { applyEffect } from './effects.ts';

/**
 * An API that is replaced (`fs.readFile = …`: whoever calls it later calls something else), or
 * reached by assigning to it.
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
  for (const one of alternatives(out.self.valueOf(target))) {
    const reached = one.kind === 'api' ? own(assignedApis, one.name)?.effects : undefined;
    if (one.kind === 'api' && reached !== undefined) {
      const args = [{ value: out.self.valueOf(node.right), node: node.right }];
      const call = { api: one.name, built: one.built, args, node, use: use(node, one.name) };
      for (const effect of reached) applyEffect(out, call, effect);
      continue;
    }
    if (
      one.kind === 'api' &&
      (own(apis, one.name)?.effects.some(({ does }) => does !== 'output' && does !== 'input') ===
        true ||
        /^(module\._(load|extensions|resolve)|require\.(extensions|cache))/.test(one.name))
    ) {
      trait(out, { api: one.name, node }, 'patch-builtin', one.name);
    }
  }
}
