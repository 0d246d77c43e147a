/** TOML: keys with string values, line by line; enough for the settings that skills carry. */
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import type { Source } from '../source.ts';
import type { Setting } from './setting.ts';
import { settingsFacts } from './settings-facts.ts';

/** Facts of one TOML text. */
export function analyseToml(source: Source, context: FrontEndContext): FrontEndResult {
  const settings: Setting[] = [];
  let table: string[] = [];
  let at = 0;
  for (const line of source.text.split('\n')) {
    context.steps.take();
    const header = /^\s*\[{1,2}([^\]]+)\]{1,2}/.exec(line)?.[1];
    if (header !== undefined) table = header.split('.').map((key) => key.trim().replace(/^["']|["']$/g, ''));
    const key = /^\s*([\w."'-]+)\s*=/.exec(line)?.[1];
    for (const match of line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g)) {
      const value = match[1] ?? match[2] ?? '';
      settings.push({
        path: [...table, ...(key === undefined ? [] : [key])],
        value,
        from: at + match.index,
        to: at + match.index + match[0].length,
      });
    }
    at += line.length + 1;
  }
  return settingsFacts(source, settings);
}
