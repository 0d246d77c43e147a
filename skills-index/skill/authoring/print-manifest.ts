/**
 * Writes skill.json for an author. A run only reads skill.json.
 */
import { capabilityKinds, type EgressCapability } from '../capability.ts';
import type { Manifest } from '../manifest.ts';
import { manifestSchemaUrl } from '../manifest-schema.ts';

/**
 * Prints skill.json for people: keys and entries in a stable order, two spaces of indentation, a
 * line feed at the end.
 */
export function printManifest(manifest: Manifest): string {
  const { name, version, license, commands, requires, packages, scratch, capabilities, limits } =
    manifest;
  const groups = capabilityKinds
    // The parser derives the capabilities of packages from `packages`.
    .filter((kind) => kind !== 'package')
    .filter((kind) => capabilities[kind].length > 0)
    .map((kind) => [
      kind,
      kind === 'egress' ? capabilities.egress.map(printed) : capabilities[kind],
    ]);
  const file = {
    $schema: manifestSchemaUrl,
    name,
    version,
    ...(license === undefined ? {} : { license }),
    ...(Object.keys(commands).length === 0 ? {} : { commands: sortedKeys(commands) }),
    ...(Object.keys(requires).length === 0 ? {} : { requires: sortedKeys(requires) }),
    ...(packages === undefined ? {} : { packages }),
    ...(scratch === undefined ? {} : { scratch }),
    capabilities: Object.fromEntries(groups),
    limits,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

// A connection of tcp has no methods.
function printed({ methods, ...one }: EgressCapability): Partial<EgressCapability> {
  const { url, ...rest } = one;
  return url.startsWith('tcp:') ? one : { url, methods, ...rest };
}

function sortedKeys<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
