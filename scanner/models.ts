/** All model tables, for the rule set's digest: a changed table is another rule set. */
import { fenceLanguages, shellFirstWords, showsOnly, tellsToRun } from './models/code-fences.ts';
import { pythonCodecs } from './models/codecs.ts';
import { confusables } from './models/confusables.ts';
import { credentialForms, differentCharactersMin, placeholderWords } from './models/credentials.ts';
import { dropHosts } from './models/drop-hosts.ts';
import { fileTypes, languageOfExtension, languageOfInterpreter, languageOfName, lexicalLanguages } from './models/file-types.ts';
import { hiddenRanges } from './models/hidden-characters.ts';
import { installers } from './models/installers.ts';
import { aliases, environments, globalApis, globalObjects } from './models/javascript.ts';
import * as lures from './models/lures.ts';
import { harmlessModules, nodeApis, nodeDefaults } from './models/node.ts';
import { npmApis, npmServices } from './models/npm.ts';
import { lifecycleScripts } from './models/package-json.ts';
import { packageManagers } from './models/package-managers.ts';
import { escapes, powerfulModules, pythonApis } from './models/python.ts';
import { scriptEnding, scriptLaunchers } from './models/script-launchers.ts';
import { secretProviders } from './models/secret-providers.ts';
import { sensitivePaths } from './models/sensitive-paths.ts';
import { interpreters, networkPrograms, shellVariables, steeringVariables, utilities, wrappers } from './models/shell.ts';

/** Every table, as JSON can carry it: patterns as their text, sets as sorted lists. */
export const modelTables: Readonly<Record<string, unknown>> = plain({
  aliases,
  confusables,
  credentialForms,
  differentCharactersMin,
  dropHosts,
  environments,
  escapes,
  fenceLanguages,
  fileTypes,
  globalApis,
  globalObjects,
  harmlessModules,
  hiddenRanges,
  installers,
  interpreters,
  languageOfExtension,
  languageOfInterpreter,
  languageOfName,
  lexicalLanguages,
  lifecycleScripts,
  lures,
  networkPrograms,
  nodeApis,
  nodeDefaults,
  npmApis,
  npmServices,
  packageManagers,
  placeholderWords,
  powerfulModules,
  pythonApis,
  pythonCodecs,
  scriptEnding,
  scriptLaunchers,
  secretProviders,
  sensitivePaths,
  shellFirstWords,
  shellVariables,
  showsOnly,
  steeringVariables,
  tellsToRun,
  utilities,
  wrappers,
});

function plain(tables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, plainValue(table)]));
}

function plainValue(value: unknown): unknown {
  if (value instanceof RegExp) return String(value);
  if (value instanceof Set) return [...value].map(plainValue).sort();
  if (value instanceof Map) return [...value].map(plainValue);
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value === 'object' && value !== null) return plain({ ...value });
  return value;
}
