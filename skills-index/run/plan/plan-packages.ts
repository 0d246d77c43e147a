/**
 * Plans the packages of a run: for each ecosystem one folder with all packages that the skill's
 * lock pins. A sandbox gets the folder only when each package was approved and granted.
 */
import type { Capabilities, PackageCapability } from '../../skill/capability.ts';
import { printCapability } from '../../skill/capability.ts';
import { type Ecosystem, ecosystems, houseWord } from '../../skill/ecosystem.ts';
import type { Plan } from './plan.ts';
import type { PlanInput } from './plan-input.ts';

/** Where a sandbox has the packages. Node looks for packages in the folders above the skill. */
const targets: Readonly<Record<Ecosystem, string>> = {
  python: '/packages/python',
  npm: '/skills/node_modules',
};

type Draft = { readonly [Part in 'packages' | 'leftOut' | 'refused']: Plan[Part][number][] };

export function planPackages(
  draft: Draft,
  { admitted, host, manifest }: Pick<PlanInput, 'admitted' | 'host' | 'manifest'>,
  { package: granted = [] }: Capabilities,
): void {
  for (const ecosystem of ecosystems) {
    const isOf = (one: PackageCapability): boolean => one.ecosystem === ecosystem;
    const declared = (manifest.capabilities.package ?? []).filter(isOf);
    const given = granted.filter(isOf);
    if (given.length === 0) continue;
    const fact = host.packages?.[ecosystem];
    const lacking = declared.length - given.length;
    if (lacking > 0)
      draft.leftOut.push(
        ...given.map((one) => ({
          what: printCapability({ kind: 'package', ...one }),
          reason: `packages of ${ecosystem} are given together, and ${lacking} of them ${lacking === 1 ? 'is' : 'are'} left out`,
        })),
      );
    else if (fact === undefined || 'why' in fact)
      draft.refused.push({
        code: fact?.code ?? 'packages-missing',
        message: fact?.why ?? `this host looked for no packages of ${ecosystem}`,
        hint: `skillgate install ${admitted.name}`,
      });
    else {
      const isHouse = given[0]?.version === houseWord;
      draft.packages.push({
        ecosystem,
        ...(isHouse ? { isHouse } : {}),
        path: fact.path,
        target: targets[ecosystem],
        packages: fact.given.map(
          ({ digest = '', name, version = '' }) => `${name} ${version} ${digest}`,
        ),
        reason: `${isHouse ? 'chosen by this host' : 'approved'}; each file compared with what was fetched`,
      });
    }
  }
}
