/** What methods of values do with data, by name, where no type tells whose they are. */

/** Put an argument into the object that they are called on. */
export const mutators: ReadonlySet<string> = new Set([
  'push',
  'unshift',
  'set',
  'append',
  'add',
  'write',
  'end',
  'assign',
  'fill',
  'splice',
  'enqueue',
  'emit',
  'dispatchEvent',
  'postMessage',
  'next',
  'put',
  'insert',
  'setItem',
  'store',
]);

/** Give nothing of what they were handed. */
export const opaqueMethods: ReadonlySet<string> = new Set([
  'digest',
  'verify',
  'equals',
  'includes',
  'startsWith',
  'endsWith',
  'test',
  'has',
  'indexOf',
  'localeCompare',
  'every',
  'some',
]);
