/** The packages that code imports, as facts about capabilities. */
import type { CapabilityFact } from '../fact/fact.ts';
import type { TaintSource } from '../fact/source.ts';
import { importFactsMax } from '../limits.ts';
import { foreignImports } from './imports.ts';

/** The `api` of an import without which the code goes on. No manifest has to declare it. */
export const optionalImport = 'an optional import';

/**
 * The imports of the skill's files. An import of a module whose package no table knows is no fact:
 * nothing of that name is in the sandbox, and a manifest names packages and not modules.
 */
export function packageFacts(sources: readonly TaintSource[]): CapabilityFact[] {
  const files = sources.filter(({ path, file }) => path === file);
  return foreignImports(files)
    .slice(0, importFactsMax)
    .flatMap(({ ecosystem, end, isOptional, name, path, start }): CapabilityFact[] =>
      name === undefined
        ? []
        : [
            {
              kind: 'capability',
              capability: { kind: 'package', ecosystem, name },
              api: isOptional ? optionalImport : 'an import',
              traits: [],
              span: { path, start, end },
              context: 'code',
              certainty: 'exact',
            },
          ],
    );
}
