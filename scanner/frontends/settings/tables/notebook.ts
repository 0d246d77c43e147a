/**
 * Languages of notebook kernels and of IPython's magics (IPython documentation, "Built-in magic
 * commands").
 */
import type { Language } from '../../../fact/source.ts';

export const kernelLanguages: Readonly<Record<string, Language>> = {
  python: 'python',
  r: 'r',
  julia: 'julia',
  bash: 'shell',
  javascript: 'javascript',
  typescript: 'typescript',
  ruby: 'ruby',
  go: 'go',
  rust: 'rust',
  'c#': 'csharp',
  powershell: 'powershell',
};

export const cellMagics: Readonly<Record<string, Language>> = {
  bash: 'shell',
  sh: 'shell',
  script: 'shell',
  '!': 'shell',
  sx: 'shell',
  system: 'shell',
  cmd: 'batch',
  powershell: 'powershell',
  javascript: 'javascript',
  js: 'javascript',
  html: 'html',
  HTML: 'html',
  SVG: 'html',
  svg: 'html',
  markdown: 'markdown',
  perl: 'perl',
  ruby: 'ruby',
  R: 'r',
  python: 'python',
  python3: 'python',
};

/** Magics of one line that are commands of a shell. */
export const lineMagics: ReadonlySet<string> = new Set([
  'pip',
  'conda',
  'mamba',
  'micromamba',
  'uv',
  'sx',
  'system',
  'rm',
  'mv',
  'cp',
  'cat',
  'mkdir',
]);
