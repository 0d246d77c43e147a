/** The manifest, `skill.json`: name, version, commands, required skills and the capabilities a skill asks for. Read strictly. */
import type { BundlePath } from './bundle-path.ts';
import type { Capabilities } from './capability.ts';
import type { SkillName } from './name.ts';
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

// parseManifest(bytes: Uint8Array, path = 'skill.json'): Manifest  — to be written here
