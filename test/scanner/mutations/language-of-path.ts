/** Which mutator a file of a fixture is for. */

export type CodeLanguage = 'typescript' | 'python' | 'shell';

const byExtension: Readonly<Record<string, CodeLanguage | 'markdown'>> = {
  ts: 'typescript',
  mts: 'typescript',
  js: 'typescript',
  mjs: 'typescript',
  cjs: 'typescript',
  py: 'python',
  sh: 'shell',
  bash: 'shell',
  md: 'markdown',
};

/** By its extension, else by its `#!` line. */
export function languageOfPath(path: string, text: string): CodeLanguage | 'markdown' | undefined {
  const extension = /\.(\w+)$/.exec(path)?.[1] ?? '';
  if (Object.hasOwn(byExtension, extension)) return byExtension[extension];
  return /^#!.*\b(ba)?sh\b/.test(text)
    ? 'shell'
    : /^#!.*\bpython/.test(text)
      ? 'python'
      : undefined;
}
