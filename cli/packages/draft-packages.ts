/** The part `packages` of a draft: what the skill requires, beside what skill.json has already. */
import type { RequiredPackage } from '../../scanner/manifest/required-packages.ts';
import { printManifest } from '../../skills-index/skill/authoring/print-manifest.ts';
import { ecosystems, houseWord } from '../../skills-index/skill/ecosystem.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { isUnlocked, requiredName } from '../../skills-index/skill/manifest-packages.ts';
import { unconfirmedWhy } from '../../skills-index/skill/placeholders.ts';

export interface DraftedPackages {
  readonly manifest: Manifest;
  /** `python six`: packages that only an import asks for. */
  readonly guesses: ReadonlySet<string>;
  /** Whether a lock has to be written. */
  readonly isUnlocked: boolean;
}

/** Adds the packages that `requires` lacks. A group with a new package needs a new lock. */
export function draftPackages(
  manifest: Manifest,
  required: readonly RequiredPackage[],
): DraftedPackages {
  let packages = manifest.packages;
  for (const ecosystem of ecosystems) {
    const group = packages?.[ecosystem];
    const known = new Set((group?.requires ?? []).map((one) => requiredName(ecosystem, one)));
    const missing = required.filter(
      (one) => one.ecosystem === ecosystem && !known.has(nameOf(one)) && !isLocked(manifest, one),
    );
    if (missing.length === 0) continue;
    const { lock, locked: _, ...kept } = group ?? { requires: [], why: whyOf(missing) };
    const requires = [...kept.requires, ...missing.map(({ requirement }) => requirement)];
    const house = lock === houseWord ? { lock } : {};
    packages = { ...packages, [ecosystem]: { ...kept, requires, ...house } };
  }
  return {
    // The parser derives the capabilities of the packages.
    manifest: parseManifest(
      Buffer.from(printManifest(packages === undefined ? manifest : { ...manifest, packages })),
    ),
    guesses: new Set(
      required.filter(({ isGuess }) => isGuess).map((one) => `${one.ecosystem} ${nameOf(one)}`),
    ),
    isUnlocked: Object.values(packages ?? {}).some(isUnlocked),
  };
}

function nameOf({ ecosystem, requirement }: RequiredPackage): string | undefined {
  return requiredName(ecosystem, requirement);
}

// A package that another one brings along is there already.
function isLocked({ capabilities }: Manifest, one: RequiredPackage): boolean {
  return (capabilities.package ?? []).some(
    ({ ecosystem, name, version }) =>
      ecosystem === one.ecosystem && name === nameOf(one) && version !== undefined,
  );
}

function whyOf([first, ...more]: readonly RequiredPackage[]): string {
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return `${unconfirmedWhy} seen at ${first?.place}${others}`;
}
