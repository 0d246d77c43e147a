/**
 * The house's packages: one lock of an operator for all skills that leave the versions to the host.
 * A skill gets the packages that meet what the skill requires, with their dependencies.
 */
import * as v from 'valibot';
import { type Ecosystem, normalPackageName } from '../skill/ecosystem.ts';
import {
  type PinnedPackage,
  packageRequireCharsMax,
  packageRequiresMax,
  packagesMax,
  parseLockedEntry,
  requiredName,
} from '../skill/manifest-packages.ts';
import { Problem, type Reason } from '../skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../skill/shape.ts';
import { parseJson } from '../skill/text/json.ts';
import { shellWord } from '../skill/text/shell-word.ts';
import { isVersionMet } from './require-locked.ts';

/** Requirements that one package or extra of the house may have on one host. */
const houseNeedsMax = 500;

/** The house's packages of one ecosystem. */
export interface HouseGroup {
  /** What the operator asked for. */
  readonly requires: readonly string[];
  /** Each package of the lock, as in skill.json. */
  readonly locked: Readonly<Record<string, string>>;
  /**
   * What each package that fits this host needs, by its key in `locked`. For Python: requirements,
   * and those of an extra under `name[extra]`. For npm: keys of `locked`.
   */
  readonly needs: Readonly<Record<string, readonly string[]>>;
}

export type House = Readonly<Partial<Record<Ecosystem, HouseGroup>>>;

/** A package that a skill gets. */
export interface HousePackage extends PinnedPackage {
  /** The package's key in `locked`. */
  readonly key: string;
}

const text = v.pipe(v.string(), v.maxLength(packageRequireCharsMax, 'is too long'));

function groupShape(ecosystem: Ecosystem) {
  return exactObject({
    requires: boundedList(
      v.pipe(
        text,
        v.check((one) => requiredName(ecosystem, one) !== undefined, 'is no package'),
      ),
      packageRequiresMax,
    ),
    locked: v.pipe(
      v.record(v.string(), v.string()),
      v.check(
        (locked) =>
          Object.keys(locked).length <= packagesMax &&
          Object.entries(locked).every(([key, value]) => parseLockedEntry(ecosystem, key, value)),
        `has more than ${packagesMax} packages, or an entry that is not "NAME": "VERSION sha256:…"`,
      ),
    ),
    needs: v.record(v.string(), boundedList(text, houseNeedsMax)),
  });
}

const houseShape = exactObject({
  schema: v.literal('skillgate.house/1'),
  python: v.exactOptional(groupShape('python')),
  npm: v.exactOptional(groupShape('npm')),
});

/** @throws Problem `host-policy-invalid` */
export function parseHouse(bytes: Uint8Array, path: string): House {
  const { schema: _, ...house } = parseShape(
    houseShape,
    parseJson(bytes, path),
    'host-policy-invalid',
    path,
  );
  return house;
}

interface HouseQuestion {
  /** Begins the message: `install @acme/report`. */
  readonly verb: string;
  readonly ecosystem: Ecosystem;
  readonly requires: readonly string[];
  /** Who requires, for messages: `skill.json requires`. */
  readonly by: string;
  /** Whether the marker of a Python requirement holds on this host. */
  readonly isMarked: (marker: string) => boolean;
}

/**
 * Chooses the packages that a skill requires, and the packages that these need.
 * @throws Problem `package-not-in-house` with a reason for each requirement that nothing meets
 */
export function chooseFromHouse(
  group: HouseGroup | undefined,
  question: HouseQuestion,
): HousePackage[] {
  const { ecosystem } = question;
  const shelf = shelfOf(ecosystem, group);
  const lacking: Lacking[] = [];
  const keys =
    ecosystem === 'python'
      ? pythonKeys(shelf, question, lacking)
      : npmKeys(shelf, question, lacking);
  requireNone(question, lacking);
  return [...keys].sort().flatMap((key) => shelf.packages.get(key) ?? []);
}

interface Lacking extends Reason {
  readonly wanted: string;
}

interface Shelf {
  readonly packages: ReadonlyMap<string, HousePackage>;
  readonly needs: ReadonlyMap<string, readonly string[]>;
}

// A package without needs does not fit this host: its marker or its system excludes the host.
function shelfOf(ecosystem: Ecosystem, { locked, needs }: HouseGroup = noGroup): Shelf {
  const packages = Object.entries(locked).flatMap(([key, value]) => {
    const entry = parseLockedEntry(ecosystem, key, value);
    return entry === undefined || !Object.hasOwn(needs, key)
      ? []
      : [[key, { ...entry, key }] as const];
  });
  return { packages: new Map(packages), needs: new Map(Object.entries(needs)) };
}

const noGroup: HouseGroup = { requires: [], locked: {}, needs: {} };

function pythonKeys(
  shelf: Shelf,
  { by: first, isMarked, requires }: HouseQuestion,
  lacking: Lacking[],
) {
  const keys = new Set<string>();
  const byName = new Map([...shelf.packages.values()].map((one) => [one.name, one]));
  const waiting = requires.map((wanted) => ({ wanted, by: first }));
  const seen = new Set<string>();
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { by } = next;
    const [wanted = '', marker] = next.wanted.split(/ *;(.*)/s);
    if (seen.has(wanted) || (marker !== undefined && !isMarked(marker))) continue;
    seen.add(wanted);
    const name = requiredName('python', wanted) ?? '';
    const one = byName.get(name);
    if (one === undefined || !isVersionMet('python', wanted, one.version)) {
      lacking.push({ wanted, message: lackText(by, wanted, name, one) });
      continue;
    }
    keys.add(one.key);
    for (const extra of ['', ...extrasOf(wanted)]) {
      const needs = shelf.needs.get(extra === '' ? one.key : `${one.key}[${extra}]`);
      if (needs === undefined)
        lacking.push({
          wanted,
          message: `${by} ${wanted}, and ${name} ${one.version} has no extra ${extra}`,
        });
      else waiting.push(...needs.map((need) => ({ wanted: need, by: `${name} needs` })));
    }
  }
  return keys;
}

function extrasOf(requirement: string): string[] {
  const [, list = ''] = /\[([^\]]*)\]/.exec(requirement) ?? [];
  return list.split(',').flatMap((one) => {
    const extra = normalPackageName('python', one.trim());
    return extra === '' ? [] : [extra];
  });
}

function npmKeys(shelf: Shelf, { by, requires }: HouseQuestion, lacking: Lacking[]) {
  const keys = new Set<string>();
  const waiting = requires.flatMap((wanted) => {
    // A key without a version is a package that every package of the set finds by its name.
    const name = requiredName('npm', wanted) ?? '';
    const one = shelf.packages.get(name);
    if (one !== undefined && isVersionMet('npm', wanted, one.version)) return [one.key];
    lacking.push({ wanted, message: lackText(by, wanted, name, one) });
    return [];
  });
  for (let key = waiting.shift(); key !== undefined; key = waiting.shift()) {
    if (keys.has(key)) continue;
    keys.add(key);
    waiting.push(...(shelf.needs.get(key) ?? []));
  }
  return keys;
}

function lackText(by: string, wanted: string, name: string, one: HousePackage | undefined): string {
  const found = one === undefined ? `no ${name || wanted}` : `${name} ${one.version}`;
  return `${by} ${wanted}, and the packages of this host have ${found}`;
}

function requireNone({ ecosystem, verb }: HouseQuestion, lacking: readonly Lacking[]): void {
  const [first] = lacking;
  if (first === undefined) return;
  const wanted = lacking.map((one) => shellWord(one.wanted)).join(' ');
  throw new Problem('package-not-in-house', `Cannot ${verb}: ${first.message}`, {
    reasons: lacking.map(({ message }) => ({ message })),
    hint: `The operator: skillgate host packages add ${ecosystem} ${wanted}   (or the author: delete "lock": "house" in skill.json, then skillgate lock)`,
  });
}
