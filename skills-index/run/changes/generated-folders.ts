/** Names of folders that installers, compilers and test runners write. */
export const generatedFolders: ReadonlySet<string> = new Set([
  'node_modules',
  '.venv',
  'venv',
  'target',
  'dist',
  '__pycache__',
]);
