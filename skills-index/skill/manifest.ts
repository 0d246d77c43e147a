/**
 * Parses the manifest, `skill.json`: name, version, commands, required skills and capabilities.
 */
import type * as v from 'valibot';
import {
  type Capabilities,
  capabilityKinds,
  groupCapabilities,
  listCapabilities,
  type PackageCapability,
} from './capability.ts';
import { type ManifestPackages, packageCapabilities } from './manifest-packages.ts';
import { type CommandStart, manifestShape } from './manifest-schema.ts';
import type { SkillName } from './name.ts';
import { Problem } from './problem.ts';
import { parseShape, placeReasons, requireNoReasons } from './shape.ts';
import { canonicalJson } from './text/canonical-json.ts';
import { type ParsedJson, parseJson } from './text/json.ts';
import type { Version } from './version.ts';

const manifestBytesMax = 256 * 1024;

export interface RunLimits {
  readonly seconds: number;
  readonly memoryMiB: number;
}

export interface Manifest {
  readonly name: SkillName;
  readonly version: Version;
  readonly license?: string;
  /** Each command's name, with the file or module of the skill that the command runs. */
  readonly commands: Readonly<Record<string, CommandStart>>;
  /** Each required skill's name, with a semver range. */
  readonly requires: Readonly<Record<SkillName, string>>;
  /** The packages that the skill requires, and those that its lock pins. */
  readonly packages?: ManifestPackages;
  /** The commands start from a writable copy of the skill's folder, which ends with the run. */
  readonly scratch?: true;
  /** What the skill asks for. `package` follows from `packages`. */
  readonly capabilities: Capabilities;
  readonly limits: RunLimits;
}

/**
 * Parses skill.json; the Problem lists every reason against skill.json with the reason's place.
 * @param path the name of skill.json in messages
 * @throws Problem `manifest-invalid`, `json-invalid`
 */
export function parseManifest(bytes: Uint8Array, path = 'skill.json'): Manifest {
  if (bytes.byteLength > manifestBytesMax) {
    throw new Problem(
      'manifest-invalid',
      `Cannot read ${path}: it has ${bytes.byteLength} bytes; at most ${manifestBytesMax}`,
    );
  }
  return parseManifestJson(parseJson(bytes, path), path);
}

/**
 * Parses a manifest from parsed JSON, such as a part of a statement.
 * @throws Problem `manifest-invalid`
 */
export function parseManifestJson(parsed: ParsedJson, what: string): Manifest {
  requireSize(parsed.value, what);
  const { written, derived } = withoutDerived(parsed);
  const { $schema: _, ...manifest } = parseShape(manifestShape, written, 'manifest-invalid', what);
  const packages = packageCapabilities(manifest.packages ?? {});
  const capabilities = groupCapabilities(
    listCapabilities({ ...manifest.capabilities, package: packages }),
  );
  requireNoReasons(
    placeReasons(parsed, [
      ...repetitions(manifest.capabilities),
      ...repeatedPackages(packages),
      ...whyNotDerived(derived, capabilities),
    ]),
    'manifest-invalid',
    what,
  );
  const full = {
    ...manifest,
    limits: { seconds: manifest.limits.seconds, memoryMiB: manifest.limits.memoryMiB },
    capabilities,
  };
  // The manifest must also fit into a statement, which contains the manifest with its defaults
  // written out.
  requireSize(full, what);
  return full;
}

interface Message {
  readonly path: (string | number)[];
  readonly message: string;
}

// A statement contains a parsed manifest, so `capabilities.package` is there beside `packages`.
function withoutDerived(parsed: ParsedJson): {
  readonly written: ParsedJson;
  readonly derived: unknown;
} {
  const { value } = parsed;
  if (!isRecord(value) || !isRecord(value.capabilities) || !('package' in value.capabilities))
    return { written: parsed, derived: undefined };
  const { package: derived, ...capabilities } = value.capabilities;
  return { written: { ...parsed, value: { ...value, capabilities } }, derived };
}

function whyNotDerived(derived: unknown, { package: packages }: Capabilities): Message[] {
  if (derived === undefined || canonicalJson(derived) === canonicalJson(packages ?? [])) return [];
  return [
    {
      path: ['capabilities', 'package'],
      message: 'is not what "packages" says: leave "package" out, Skillgate derives it',
    },
  ];
}

function repeatedPackages(packages: readonly PackageCapability[]): Message[] {
  const names = packages.map(({ ecosystem, name, version }) => `${ecosystem} ${name}@${version}`);
  return packages.flatMap(({ ecosystem, version }, at) =>
    version === undefined || names.indexOf(names[at] ?? '') === at
      ? []
      : [{ path: ['packages', ecosystem, 'locked'], message: 'has a package twice' }],
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function requireSize(manifest: unknown, what: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(manifest) ?? '');
  if (bytes <= manifestBytesMax) return;
  throw new Problem(
    'manifest-invalid',
    `Cannot read ${what}: it has ${bytes} bytes; at most ${manifestBytesMax}`,
  );
}

const writtenKinds = capabilityKinds.filter((kind) => kind !== 'package');

// Of two equal capabilities, one would hide the other's `why`. Of two mounts at one target, one
// would hide the other's folder.
function repetitions(capabilities: v.InferOutput<typeof manifestShape>['capabilities']) {
  const messages: Message[] = [];
  for (const kind of writtenKinds) {
    const seen = new Set<string>();
    for (const [index, one] of capabilities[kind].entries()) {
      const key = 'target' in one ? one.target : canonicalJson({ ...one, why: undefined });
      if (seen.has(key))
        messages.push({ path: ['capabilities', kind, index], message: 'is there twice' });
      seen.add(key);
    }
  }
  return messages;
}
