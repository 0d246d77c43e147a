/** The packages that code imports, as facts about capabilities. */
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { normalPackageName } from '../../skills-index/skill/ecosystem.ts';
import type { CapabilityFact } from '../fact/fact.ts';
import type { TaintSource } from '../fact/source.ts';
import { importFactsMax } from '../limits.ts';
import { type ForeignImport, foreignImports } from './imports.ts';

/** The `api` of an import without which the code goes on. No manifest has to declare it. */
export const optionalImport = 'an optional import';

/**
 * The imports of the skill's files. An import of a module whose package no table knows belongs to
 * the declared package of the same name, such as a package of the author's house. Without such a
 * package the import is no fact: nothing of that name is in the sandbox.
 */
export function packageFacts(
  sources: readonly TaintSource[],
  declared: Capabilities['package'] = [],
): CapabilityFact[] {
  const files = sources.filter(({ path, file }) => path === file);
  // An import of npm always names its package.
  const packageOf = ({ name, module }: ForeignImport): string | undefined => {
    const own = normalPackageName('python', module.split('.')[0] ?? '');
    return name ?? declared.find((one) => one.ecosystem === 'python' && one.name === own)?.name;
  };
  return foreignImports(files)
    .slice(0, importFactsMax)
    .flatMap((one): CapabilityFact[] => {
      const { ecosystem, end, isOptional, path, start } = one;
      const name = packageOf(one);
      return name === undefined
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
          ];
    });
}
