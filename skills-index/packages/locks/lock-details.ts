/**
 * What a lock says about its packages beside their names, versions and hashes. The author wrote the
 * lock and nobody verified these parts, so they inform a reviewer and decide nothing.
 */
import * as v from 'valibot';
import type { Ecosystem } from '../../skill/ecosystem.ts';
import { finishWork, type LongWork } from './package-lock.ts';
import { fileNameOf, parsePylockParts } from './pylock.ts';

export interface LockDetail {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
  /** Bytes of the package's largest file. */
  readonly size?: number;
  /** Bytes of each file of which the lock says the size, by the file's name. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** The time of the first upload of a file: `2024-12-04T17:35:26.000Z`. */
  readonly uploaded?: string;
  readonly licence?: string;
  /** Whether a file is for one kind of machine. Absent where the lock does not say it. */
  readonly isNative?: boolean;
  /** Who attests the files, as the lock says: `GitHub acme/tool (release.yml)`. */
  readonly attestedBy?: string;
}

/** Returns what can be read: an unreadable lock or member says nothing. */
export function parseLockDetails(ecosystem: Ecosystem, bytes: Uint8Array): LockDetail[] {
  return finishWork(parseLockDetailsInSteps(ecosystem, bytes));
}

/** `parseLockDetails` for a server: a step for each package of a pylock.toml. */
export function* parseLockDetailsInSteps(
  ecosystem: Ecosystem,
  bytes: Uint8Array,
): LongWork<LockDetail[]> {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return ecosystem === 'python'
      ? ofPylock(yield* parsePylockParts(text))
      : ofPackageLock(JSON.parse(text));
  } catch {
    return [];
  }
}

/** Where an index has a wheel, and since when. */
export interface WheelOrigin {
  readonly url?: string;
  readonly uploaded?: string;
}

/** By the names of wheels. */
export type WheelOrigins = ReadonlyMap<string, WheelOrigin>;

/** The origins of the wheels in the text of a pylock.toml. */
export function wheelOrigins(text: string): WheelOrigins {
  const { packages } = v.parse(pylock, finishWork(parsePylockParts(text)));
  return new Map(
    packages.flatMap(({ wheels }) =>
      wheels.map((one) => {
        const uploaded = timeOf(one['upload-time']);
        const url = /^https?:/.test(one.url) ? { url: one.url } : {};
        return [wheelName(one), uploaded === undefined ? url : { ...url, uploaded }] as const;
      }),
    ),
  );
}

const wheel = v.looseObject({
  name: v.optional(v.string(), ''),
  url: v.optional(v.string(), ''),
  size: v.exactOptional(v.number()),
  'upload-time': v.optional(v.unknown()),
});
// The kinds have different members (PEP 751): these are the ones of GitHub and GitLab.
const identity = v.looseObject({
  kind: v.string(),
  repository: v.optional(v.string()),
  workflow: v.optional(v.string()),
});
const pylock = v.looseObject({
  packages: v.optional(
    v.array(
      v.looseObject({
        name: v.string(),
        version: v.optional(v.string(), ''),
        wheels: v.optional(v.array(wheel), []),
        'attestation-identities': v.fallback(v.optional(v.array(identity), []), []),
      }),
    ),
    [],
  ),
});

function ofPylock(value: unknown): LockDetail[] {
  return v.parse(pylock, value).packages.map((entry) => {
    const { name, version, wheels } = entry;
    const attestedBy = entry['attestation-identities'].map(identityText).join(', ');
    const times = wheels.flatMap((one) => timeOf(one['upload-time']) ?? []).sort();
    const [uploaded] = times;
    const sizes = wheels.flatMap(({ size }) => size ?? []);
    return {
      ecosystem: 'python',
      name,
      version,
      isNative: wheels.some((one) => !/-any\.whl$/.test(wheelName(one))),
      ...(attestedBy === '' ? {} : { attestedBy }),
      ...(uploaded === undefined ? {} : { uploaded }),
      ...(sizes.length === 0 ? {} : { size: Math.max(...sizes), sizes: sizesOf(wheels) }),
    };
  });
}

function identityText({ kind, repository, workflow }: v.InferOutput<typeof identity>): string {
  const from = repository === undefined ? kind : `${kind} ${repository}`;
  return workflow === undefined ? from : `${from} (${workflow})`;
}

function sizesOf(wheels: readonly v.InferOutput<typeof wheel>[]): Record<string, number> {
  return Object.fromEntries(
    wheels.flatMap((one) => (one.size === undefined ? [] : [[wheelName(one), one.size]])),
  );
}

function wheelName({ name, url }: v.InferOutput<typeof wheel>): string {
  return name === '' ? (fileNameOf(url) ?? '') : name;
}

/** A time of TOML or of an index, in one form; undefined for anything else. */
export function timeOf(value: unknown): string | undefined {
  const time = value instanceof Date || typeof value === 'string' ? new Date(value) : undefined;
  return time === undefined || Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

const texts = v.optional(v.union([v.array(v.string()), v.string()]), []);
const packageLock = v.looseObject({
  packages: v.record(
    v.string(),
    v.looseObject({
      name: v.exactOptional(v.string()),
      version: v.optional(v.string(), ''),
      license: v.optional(v.unknown()),
      os: texts,
      cpu: texts,
    }),
  ),
});

function ofPackageLock(value: unknown): LockDetail[] {
  return Object.entries(v.parse(packageLock, value).packages).flatMap(([place, entry]) => {
    if (place === '') return [];
    const { cpu, license, name = place.replace(/^.*node_modules\//, ''), os, version } = entry;
    return [
      {
        ecosystem: 'npm',
        name,
        version,
        ...(typeof license === 'string' ? { licence: license } : {}),
        ...(os.length > 0 || cpu.length > 0 ? { isNative: true } : {}),
      },
    ];
  });
}
