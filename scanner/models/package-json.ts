/** What package.json runs by itself. */

/** Scripts that installing runs without being asked (npm documentation, "Life Cycle Scripts"). */
export const lifecycleScripts: ReadonlySet<string> = new Set([
  'preinstall',
  'install',
  'postinstall',
  'prepare',
  'preprepare',
  'postprepare',
  'prepublish',
]);
