/**
 * The front end for JSON, YAML, TOML and INI: scripts and hooks in settings, dependencies, and text
 * for agents.
 */

import { perSource } from '../frontend.ts';
import { analyseIni } from './ini.ts';
import { analyseJsonText } from './json-text.ts';
import { analyseToml } from './toml.ts';
import { analyseYaml } from './yaml.ts';

/** Facts of data and settings. */
export const analyseJson = perSource((source, context) => {
  context.steps.take(1 + (source.text.length >> 5));
  switch (source.language) {
    case 'yaml':
      return analyseYaml(source, context);
    case 'ini':
      return analyseIni(source, context);
    case 'toml':
      return analyseToml(source, context);
    default:
      return analyseJsonText(source, context);
  }
});
