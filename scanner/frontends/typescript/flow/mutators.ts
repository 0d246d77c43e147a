/** Calls that change their arguments or their object. */
import { own } from '../../../lookup-tables/api.ts';
import { nodeDefaults } from '../effects/tables/node.ts';
import { apis } from '../library.ts';
import type { JsValue } from '../values/values.ts';

const mutators =
  /^(\*|push|unshift|splice|fill|copyWithin|reverse|sort|pop|shift|set|add|delete|clear|append|write\w*|__define[GS]etter__)$/;

/** Whether a method of this name changes the object it is called on. */
export function isMutator(name: string): boolean {
  return mutators.test(name);
}

const readers =
  /^(Object\.(keys|values|entries|freeze|seal|is|hasOwn|fromEntries|getOwn\w+|getPrototypeOf|isFrozen)|Reflect\.(get|has|ownKeys|getPrototypeOf|getOwnPropertyDescriptor)|Array\.(isArray|from|of)|JSON\.\w+|console\.\w+|Promise(\.\w+)?|String(\.\w+)?|Number(\.\w+)?|Boolean|Error|Set|Map|URL|URLSearchParams|Date|RegExp|structuredClone|parseInt|parseFloat|isNaN|assert(\.\w+)*|require|import|set(Timeout|Interval|Immediate)|fetch|Request|Response|process\.\w+|path(\/posix|\/win32)?\.\w+|Buffer(\.\w+)*|Math\.\w+|Symbol(\.\w+)*|BigInt|queueMicrotask)$/;

/**
 * Whether a callee outside of the skill may write to its arguments: `Object.assign`, `lodash.set`,
 * `Array.prototype.push.call`.
 */
export function changesGiven(callee: JsValue): boolean {
  if (callee.kind === 'bound') return changesGiven(callee.callee);
  // `list.push.call(list, …)`
  if (callee.kind === 'method')
    return (
      /^(call|apply|bind)$/.test(callee.name) &&
      callee.of.kind === 'method' &&
      isMutator(callee.of.name)
    );
  return callee.kind === 'api' && !isReader(callee.name);
}

/** Whether a callee neither keeps its arguments nor passes them on. */
export function keepsGiven(callee: JsValue): boolean {
  return callee.kind === 'api' && isReader(callee.name);
}

function isReader(name: string): boolean {
  if (readers.test(name) || own(apis, name) !== undefined) return true;
  const module = name.split(/[.#]/, 1)[0] ?? '';
  return (
    own(nodeDefaults, module) !== undefined ||
    /^(os|util|url|crypto|zlib|events|readline|worker_threads|assert|process)$/.test(module)
  );
}
