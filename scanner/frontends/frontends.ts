/** All front ends. Parsers are loaded when a skill has a source in one of their languages. */

import { lexicalLanguages } from '../fact/source.ts';
import type { FrontEnd } from '../programs/frontend.ts';

export const frontEnds: readonly FrontEnd[] = [
  {
    name: 'typescript',
    languages: ['typescript', 'javascript'],
    load: async () => (await import('../languages/javascript/javascript.ts')).analyseJavascript,
  },
  {
    name: 'shell',
    languages: ['shell'],
    load: async () => (await import('../languages/shell/shell.ts')).analyseShell,
  },
  {
    name: 'python',
    languages: ['python'],
    load: async () => (await import('../languages/python/python.ts')).analysePython,
  },
  {
    name: 'markdown',
    languages: ['markdown', 'text', 'html'],
    load: async () => (await import('./markdown/markdown.ts')).analyseMarkdown,
  },
  {
    name: 'windows',
    languages: ['powershell'],
    load: async () => (await import('../languages/powershell/powershell.ts')).analysePowerShell,
  },
  {
    name: 'batch',
    languages: ['batch'],
    load: async () => (await import('../languages/batch/batch.ts')).analyseBatch,
  },
  {
    name: 'ruby',
    languages: ['ruby'],
    load: async () => (await import('../languages/ruby/ruby.ts')).analyseRuby,
  },
  {
    name: 'php',
    languages: ['php'],
    load: async () => (await import('../languages/php/php.ts')).analysePhp,
  },
  {
    name: 'lexical',
    languages: [...lexicalLanguages],
    load: async () => (await import('../languages/lexical/lexical.ts')).analyseLexical,
  },
  {
    name: 'build files',
    languages: ['dockerfile', 'makefile'],
    load: async () => (await import('./settings/dockerfile.ts')).analyseBuildFile,
  },
  {
    name: 'json',
    languages: ['json', 'yaml', 'toml', 'ini'],
    load: async () => (await import('./settings/json.ts')).analyseJson,
  },
];
