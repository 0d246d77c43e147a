/** Commands that package.json runs automatically. */

/** Scripts that an installation runs automatically (npm documentation, "Life Cycle Scripts"). */
export const lifecycleScripts: ReadonlySet<string> = new Set([
  'preinstall',
  'install',
  'postinstall',
  'prepare',
  'preprepare',
  'postprepare',
  'prepublish',
]);
