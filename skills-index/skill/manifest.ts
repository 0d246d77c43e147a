/**
 * Parses the manifest, `skill.json`: name, version, commands, required skills and capabilities.
 */
import type * as v from 'valibot';
import type { BundlePath } from './bundle-path.ts';
import { canonicalJson } from './canonical-json.ts';
import {
  type Capabilities,
  capabilityKinds,
  groupCapabilities,
  listCapabilities,
} from './capability.ts';
import { type ParsedJson, parseJson } from './json.ts';
import { manifestBytesMax } from './limits.ts';
import { manifestShape } from './manifest-schema.ts';
import type { SkillName } from './name.ts';
import { Problem } from './problem.ts';
import { parseShape, placeReasons, requireNoReasons } from './shape.ts';
import type { Version } from './version.ts';

export interface RunLimits {
  readonly seconds: number;
  readonly memoryMiB: number;
}

export interface Manifest {
  readonly name: SkillName;
  readonly version: Version;
  readonly license?: string;
  /** Each command's name, with the file of the skill that the command runs. */
  readonly commands: Readonly<Record<string, BundlePath>>;
  /** Each required skill's name, with a semver range. */
  readonly requires: Readonly<Record<SkillName, string>>;
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
  const { $schema: _, ...manifest } = parseShape(manifestShape, parsed, 'manifest-invalid', what);
  requireNoReasons(
    placeReasons(parsed, repetitions(manifest.capabilities)),
    'manifest-invalid',
    what,
  );
  const full = {
    ...manifest,
    limits: { seconds: manifest.limits.seconds, memoryMiB: manifest.limits.memoryMiB },
    capabilities: groupCapabilities(listCapabilities(manifest.capabilities)),
  };
  // The manifest must also fit into a statement, which contains the manifest with its defaults
  // written out.
  requireSize(full, what);
  return full;
}

function requireSize(manifest: unknown, what: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(manifest) ?? '');
  if (bytes <= manifestBytesMax) return;
  throw new Problem(
    'manifest-invalid',
    `Cannot read ${what}: it has ${bytes} bytes; at most ${manifestBytesMax}`,
  );
}

// Of two equal capabilities, one would hide the other's `why`. Of two mounts at one target, one
// would hide the other's folder.
function repetitions(capabilities: v.InferOutput<typeof manifestShape>['capabilities']) {
  const messages: { path: (string | number)[]; message: string }[] = [];
  for (const kind of capabilityKinds) {
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
