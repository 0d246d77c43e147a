/** Names that imports of Python bind. */

import { textOf } from '../nodes.ts';
import type { PyNode, PythonModule, PythonScope } from '../program.ts';
import { bind } from '../targets.ts';

export function bindImport(module: PythonModule, node: PyNode, scope: PythonScope): void {
  const text = textOf(module, node)
    .normalize('NFKC')
    .replace(/\\\r?\n/g, ' ')
    .replace(/#[^\n]*/g, '');
  const at = text.search(/\bimport\b/);
  const [, from = ''] = /^from\b([.\w\s]*)$/.exec(text.slice(0, Math.max(at, 0))) ?? [];
  const base = from.replace(/\s/g, '');
  if (base !== '') {
    const names = text.slice(at + 'import'.length);
    for (const part of names.replace(/[()]/g, ' ').split(',')) {
      const [name, as, alias] = part.trim().split(/\s+/);
      if (name === '*') module.stars.push(base);
      else if (name !== undefined && name !== '')
        bind(module, scope, as === 'as' && alias !== undefined ? alias : name, {
          kind: 'import',
          qual: base.endsWith('.') ? `${base}${name}` : `${base}.${name}`,
        });
    }
    return;
  }
  for (const part of text.replace(/^import\s+/, '').split(',')) {
    const [name = '', as, alias] = part.trim().split(/\s+/);
    if (as === 'as' && alias !== undefined)
      bind(module, scope, alias, { kind: 'import', qual: name });
    else if (name !== '')
      bind(module, scope, name.split('.')[0] ?? name, {
        kind: 'import',
        qual: name.split('.')[0] ?? name,
      });
  }
}
