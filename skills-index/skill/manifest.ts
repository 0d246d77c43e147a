/** The manifest, `skill.json`: name, version, commands, required skills and the capabilities a skill asks for. Read strictly. */
import type { BundlePath } from './bundle-path.ts';
import type { Capabilities } from './capability.ts';
import type { SkillName } from './name.ts';
import { Problem } from './problem.ts';
import type { Version } from './version.ts';

export interface RunLimits {
  readonly seconds: number;
  readonly memoryMiB: number;
}

export interface Manifest {
  readonly name: SkillName;
  readonly version: Version;
  readonly license?: string;
  /** Command name → file of the skill that it runs. */
  readonly commands: Readonly<Record<string, BundlePath>>;
  /** Required skill → semver range. */
  readonly requires: Readonly<Record<SkillName, string>>;
  readonly capabilities: Capabilities;
  readonly limits: RunLimits;
}

/**
 * Reads skill.json strictly: every reason against it, each with its place.
 * @throws Problem `manifest-invalid`, `json-invalid`
 */
export function parseManifest(_bytes: Uint8Array, _path = 'skill.json'): Manifest {
  throw new Problem('internal', 'not written yet');
}

/** JSON Schema (2020-12) of skill.json. */
export function manifestJsonSchema(): Record<string, unknown> {
  throw new Problem('internal', 'not written yet');
}

/** skill.json for people: stable order, two spaces. */
export function printManifest(_manifest: Manifest): string {
  throw new Problem('internal', 'not written yet');
}
