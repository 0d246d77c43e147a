/**
 * Ways out of what can be followed: objects that lead to everything, modules and powerful functions
 * that are handed on.
 */

import { escapes, powerfulModules } from '../../../knowledge/python/library.ts';
import { childrenOf, nameOf, textOf } from '../nodes.ts';
import type { PyNode, PythonModule, PyValue } from '../program.ts';
import { notePyTrait, type PythonRun } from '../run.ts';
import { callWith } from './call.ts';
import { applyEffect } from './effects.ts';

/**
 * Attributes from which every module and built-in can be reached (the ways out of restricted
 * Python).
 */
export const reachingNames =
  /^(__subclasses__|__globals__|__builtins__|__closure__|__getattribute__|__reduce_ex__|f_globals|f_builtins|f_locals|gi_frame|cr_frame|ag_frame|tb_frame|f_back)$/;

/**
 * Notes an attribute that leads to everything; the own class's list of subclasses is an honest
 * registry.
 */
export function noteReaching(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  name: string,
  object: PyValue,
): void {
  if (!reachingNames.test(name)) return;
  if (
    name === '__subclasses__' &&
    (object.qual?.startsWith('class ') === true || isOwnClass(module, node))
  )
    return;
  notePyTrait(
    run,
    { module, node, api: name, certainty: 'exact' },
    'escape',
    `${name} leads to every module`,
  );
}

function isOwnClass(module: PythonModule, node: PyNode): boolean {
  const written = node.firstChild === null ? '' : textOf(module, node.firstChild);
  return (
    written === 'cls' ||
    written === 'self' ||
    written === 'self.__class__' ||
    written === 'type(self)' ||
    /^super\(/.test(written)
  );
}

// What only looks at a module, or changes nothing of it.
const lookers =
  /^(getattr|hasattr|setattr|delattr|vars|dir|print|type|isinstance|id|str|repr|help|callable|len|bool|importlib\.reload|inspect\.\w+|unittest\.mock\.\w+(\.\w+)*|mock\.\w+(\.\w+)*)$/;

/** Notes a capability-bearing function or module that is handed on instead of being called. */
export function noteEscape(run: PythonRun, module: PythonModule, node: PyNode): void {
  const { qual, own } = run.evaluate(run, module, node);
  if (qual === undefined || own !== undefined) return;
  const at = { module, node, api: qual, certainty: 'exact' } as const;
  const isModule = powerfulModules.has(qual);
  if (!isModule && !Object.hasOwn(escapes, qual)) return;
  if (isFollowed(run, module, node, isModule)) return;
  const isCode = !isModule && escapes[qual] === 'code';
  notePyTrait(run, at, isCode ? 'code-from-string' : 'escape', `${qual} is handed on`);
  if (isModule || isCode) return;
  applyEffect(run, callWith(at, []), { does: 'program', words: 0, shell: true });
}

// An argument of the skill's own function, or of one that is known to call it, is followed there.
function isFollowed(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  isModule: boolean,
): boolean {
  const list = node.parent;
  const call = list?.name === 'ArgList' ? list.parent : null;
  if (call?.name !== 'CallExpression' || call.firstChild === null)
    return list?.name !== 'ArgList' && isKept(node);
  const callee = run.evaluate(run, module, call.firstChild);
  if (callee.own !== undefined) return true;
  if (callee.qual === undefined) return false;
  if (isModule && (lookers.test(callee.qual) || callee.qual.startsWith('operator.')))
    return !/^inspect\.getmembers/.test(callee.qual);
  return callbacks.test(callee.qual);
}

const callbacks =
  /^(map|filter|sorted|min|max|functools\.(partial|reduce)|itertools\.(starmap|accumulate)|threading\.(Thread|Timer)|multiprocessing\.(Process|Pool\(\)\.\w+)|concurrent\.futures\.\w+\(\)\.\w+|asyncio\.(to_thread|\w+\(\)\.(run_in_executor|call_\w+))|atexit\.register|weakref\.finalize|_thread\.\w+|signal\.signal|operator\.\w+(\(\))?|sched\.scheduler\(\)\.\w+)$/;

// An element of a table that has a name is followed from there.
function isKept(node: PyNode): boolean {
  let at = node.parent;
  while (at !== null && /^(Array|Tuple|Dictionary|Set|Parenthesized)Expression$/.test(at.name))
    at = at.parent;
  return (
    at !== null &&
    /^(AssignStatement|MemberExpression|ReturnStatement|ForStatement|CallExpression|ArgList|NamedExpression)$/.test(
      at.name,
    )
  );
}

/** The name of the attribute that a member expression reads. */
export function attributeName(module: PythonModule, node: PyNode): string | undefined {
  const last = node.lastChild;
  return last?.name === 'PropertyName' && childrenOf(node).length > 1
    ? nameOf(module, last)
    : undefined;
}
