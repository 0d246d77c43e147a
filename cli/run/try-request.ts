/**
 * A run of a skill that nobody approved: the same plan and sandbox as any, from the folder's own
 * manifest, marked in all that is recorded.
 */
import type * as runs from '../../runner/run/public.ts';
import { inferCommands } from '../../scanner/manifest/commands.ts';
import { breakerThresholdMax } from '../../skills-index/run/agents/breaker.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import type { PackedBundle, SourceFile } from '../../skills-index/skill/bundle.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { commandFile } from '../../skills-index/skill/manifest-schema.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { requireCommandFiles } from '../publish/prepare-version.ts';
import { trialOf } from './trial-build.ts';

export interface Tried {
  readonly packed: PackedBundle;
  readonly manifest: Manifest;
}

/**
 * @throws Problem `manifest-invalid` and others of reading; `not-found` where there is no
 * skill.json
 */
export function readTried(files: readonly SourceFile[], folder: string): Tried {
  const packed = packBundle(files);
  const json = files.find(({ path }) => path === 'skill.json')?.bytes;
  if (json === undefined)
    throw new Problem('not-found', `Cannot try ${folder}: it has no skill.json`, {
      hint: `skillgate manifest ${shellWord(folder)} --write`,
    });
  return { packed, manifest: parseManifest(json) };
}

/**
 * Only an author tries a skill, so the hint says how the skill gets a command. Another command
 * than the wanted one may lack its file: the author may be about to write the file.
 * @throws Problem `usage` when skill.json names no command, `manifest-invalid` when the skill has
 * no file for the wanted command
 */
export function requireNamedCommand(
  { manifest, packed }: Tried,
  files: readonly SourceFile[],
  folder: string,
  wanted: string | undefined,
): void {
  const commands = Object.entries(manifest.commands);
  if (commands.length > 0) {
    const started = commands.filter(([name]) => name === wanted || commands.length === 1);
    requireCommandFiles(`try ${folder}`, Object.fromEntries(started), packed);
    return;
  }
  // An executable file runs by its path, without a name.
  if (packed.bundle.files.some(({ mode, path }) => path === wanted && mode === '755')) return;
  const scripts = Object.entries(inferCommands(files).commands);
  const [, start] = scripts.find(([name]) => name === wanted) ?? scripts[0] ?? [];
  const draft = `skillgate manifest ${shellWord(folder)} --write`;
  throw new Problem('usage', `Cannot try ${folder}: skill.json names no command`, {
    hint:
      start === undefined
        ? `Put a program into scripts/ and name it in SKILL.md. Then: ${draft}`
        : `To make ${commandFile(start)} a command: ${draft}`,
  });
}

/**
 * What a run is asked for. `named` are the secrets that it may have; one that is not declared is
 * refused.
 */
export function triedSkill(
  { manifest, packed }: Tried,
  named: readonly string[],
): Pick<runs.RunRequest, 'approved' | 'manifest' | 'skill' | 'why'> {
  const { capabilities, name, version } = manifest;
  const unknown = named.find((one) => !capabilities.secret.some((secret) => secret.name === one));
  if (unknown !== undefined)
    throw new Problem('usage', `skill.json declares no secret ${JSON.stringify(unknown)}`);
  const secret = capabilities.secret.filter((one) => named.includes(one.name));
  // A proxy that has nothing to allow would not be started, and nothing would be seen.
  const egress =
    capabilities.egress.length > 0
      ? capabilities.egress
      : [{ url: 'https://tried.invalid/', methods: ['GET'], why: '' }];
  const tried = { ...capabilities, secret, egress };
  return {
    skill: { admitted: { name, version: trialOf(version), bundle: packed.digest }, ...packed },
    manifest: { ...manifest, capabilities: tried },
    approved: tried,
    why: 'skillgate try: not approved',
  };
}

/**
 * Its author is there to see: what is denied is counted as little as can be, but not the use of a
 * secret or of the canary.
 */
export function patient(policy: HostPolicy): HostPolicy {
  const breakers = {
    ...policy.breakers,
    denied: breakerThresholdMax,
    'private-address': breakerThresholdMax,
  };
  return { ...policy, breakers: { ...breakers, 'spawn-failed': breakerThresholdMax } };
}
