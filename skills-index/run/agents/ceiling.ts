/**
 * The file format of a ceiling: capabilities as skill.json writes them, for an agent instead of a
 * skill, so without `why`.
 */
import * as v from 'valibot';
import {
  type Capabilities,
  noCapabilities,
  type PackageCapability,
} from '../../skill/capability.ts';
import { packageCapabilities, packagesShape } from '../../skill/manifest-packages.ts';
import { parseShape } from '../../skill/shape.ts';
import { type ParsedJson, parseJson } from '../../skill/text/json.ts';
import { capabilities } from '../../statement/field-shapes.ts';

/**
 * Reads the capabilities of a file, which is a skill.json or the object `capabilities` alone;
 * groups, `methods` and `mode` may be left out.
 * @throws Problem `usage` with every reason and its place
 */
export function parseCeiling(bytes: Uint8Array, path: string): Capabilities {
  const parsed = parseJson(bytes, path);
  const whole = recordOf(parsed.value);
  const at = 'capabilities' in whole ? ['capabilities'] : [];
  const groups = recordOf('capabilities' in whole ? whole.capabilities : whole);
  const packages = packagesOf(whole, parsed, path);
  const filled = {
    ...noCapabilities,
    ...groups,
    ...('egress' in groups ? { egress: withDefault(groups.egress, usualMethods) } : {}),
    ...('mount' in groups ? { mount: withDefault(groups.mount, () => ({ mode: 'cow' })) } : {}),
    ...('package' in groups || packages.length > 0
      ? { package: anyVersion(groups.package ?? packages) }
      : {}),
  };
  const placeOf = (where: readonly (string | number)[]) => parsed.placeOf([...at, ...where]);
  return parseShape(capabilities, { value: filled, placeOf }, 'usage', path);
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

// A skill.json names its packages beside its capabilities.
function packagesOf(
  { packages }: Record<string, unknown>,
  { placeOf }: ParsedJson,
  path: string,
): PackageCapability[] {
  if (packages === undefined) return [];
  const placed = {
    value: packages,
    placeOf: (where: readonly (string | number)[]) => placeOf(['packages', ...where]),
  };
  return packageCapabilities(parseShape(packagesShape(v.string()), placed, 'usage', path));
}

// A package without a version stands for every version of the package.
function anyVersion(list: unknown): unknown {
  return withDefault(list, () => ({ version: '*' }));
}

// A connection of tcp has none.
function usualMethods({ url }: { readonly url?: unknown }): object {
  return { methods: String(url).startsWith('tcp:') ? ['*'] : ['GET', 'HEAD'] };
}

function withDefault(list: unknown, defaultsOf: (one: object) => object): unknown {
  return Array.isArray(list)
    ? list.map((one) =>
        typeof one === 'object' && one !== null ? { ...defaultsOf(one), ...one } : one,
      )
    : list;
}
