/** A name shows only when its pieces are put together. */

import type { TaintSource } from '../../fact/source.ts';
import { milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const hiddenName = defineRule({
  id: 'obfuscation/hidden-name',
  title: 'A program’s or function’s name is hidden',
  kind: 'malice',
  severity: 'high',
  confidence: 'folded',
  why: 'Quotes in the middle of a command, and names that are built from pieces or looked up by text, keep a search from finding the name.',
  fix: 'Write the name as it is.',
  maps: { attack: ['T1027.010'] },
  reads: ['trait:folded-name', 'source'],
  check: ({ of, sources }) =>
    of('trait')
      .filter(
        (fact) =>
          fact.trait === 'folded-name' &&
          !/^(process|import\.meta|Deno|Bun)\.env|^os\.environ/.test(fact.api) &&
          !isPackage(fact.detail, fact.span.path, sources),
      )
      .map((fact) => ({
        span: fact.span,
        severity: milder(isShown(fact.detail) ? 'medium' : 'high', fact),
        message: fact.detail,
      })),
});

// `exec_ is exec`: whoever looks for the name finds it, as in a call of the function itself.
function isShown(detail: string): boolean {
  const [, alias = '', name] = /^(\w{1,80}) is (\w{1,80})$/.exec(detail) ?? [];
  return name !== undefined && alias.replace(/^_{1,4}|_{1,4}$/g, '') === name;
}

// A file of an installed package, or a member of the package, such as `launch`. The path before the
// package only says where it is installed, such as the home folder.
const packageFile = /^(?:file:\/\/)?(?:\S*\/)?(node_modules\/(?:@[\w.-]+\/)?[\w-]+)[\w./-]*$/;

// Whether the code shows the package's name in one piece.
function isPackage(detail: string, path: string, sources: readonly TaintSource[]): boolean {
  const name = packageFile.exec(detail)?.[1];
  return (
    name !== undefined &&
    sources.some((source) => source.path === path && source.text.includes(name))
  );
}
