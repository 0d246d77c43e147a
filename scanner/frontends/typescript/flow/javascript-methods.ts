/** Effects of methods on data, by name, for values of unknown type. */

/** Methods that put an argument into their object. */
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

/** Methods whose result has no data of the arguments. */
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
