/**
 * What an index says about the origin of a package: when it was uploaded, who published it, and
 * whether there are attestations. Nobody verifies these parts, so they inform and decide nothing.
 */
import * as v from 'valibot';
import { timeOf } from './locks/lock-details.ts';

export interface PackageOrigin {
  readonly uploaded?: string;
  readonly publisher?: string;
  /** `named`: the index says that there are attestations. Absent when the index does not say. */
  readonly attestation?: 'none' | 'named';
}

const packument = v.looseObject({
  versions: v.record(
    v.string(),
    v.looseObject({
      _npmUser: v.optional(v.looseObject({ name: v.optional(v.string()) })),
      dist: v.optional(
        v.looseObject({
          attestations: v.optional(v.unknown()),
          signatures: v.optional(v.unknown()),
        }),
        {},
      ),
    }),
  ),
  time: v.optional(v.record(v.string(), v.unknown()), {}),
});

/** The origin of a version in the document of an npm registry; empty when it cannot be read. */
export function originInPackument(text: string, version: string): PackageOrigin {
  const parsed = v.safeParse(packument, jsonOf(text));
  const { time = {}, versions = {} } = parsed.success ? parsed.output : {};
  if (!Object.hasOwn(versions, version)) return {};
  const { _npmUser: user, dist = {} } = versions[version] ?? {};
  const uploaded = Object.hasOwn(time, version) ? timeOf(time[version]) : undefined;
  // Some mirrors leave out attestations together with the signatures of the registry.
  const isFull = dist.signatures !== undefined;
  return {
    ...(uploaded === undefined ? {} : { uploaded }),
    ...(user?.name === undefined ? {} : { publisher: user.name }),
    ...(dist.attestations !== undefined
      ? { attestation: 'named' as const }
      : isFull
        ? { attestation: 'none' as const }
        : {}),
  };
}

const provenance = v.looseObject({
  attestation_bundles: v.array(
    v.looseObject({
      publisher: v.looseObject({
        kind: v.string(),
        repository: v.optional(v.string()),
        workflow: v.optional(v.string()),
      }),
    }),
  ),
});

/**
 * The publisher that the attestations of a Python file name (PEP 740): `GitHub OWNER/NAME FILE`.
 */
export function publisherInProvenance(text: string): string | undefined {
  const parsed = v.safeParse(provenance, jsonOf(text));
  const publisher = parsed.success ? parsed.output.attestation_bundles[0]?.publisher : undefined;
  if (publisher === undefined) return undefined;
  const { kind, repository, workflow } = publisher;
  return [kind, repository, workflow].filter((part) => part !== undefined).join(' ');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
