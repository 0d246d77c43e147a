/**
 * The pins of locks in other formats: uv.lock, the locks of uv beside scripts, and requirements.txt
 * with hashes. A new lock keeps their versions, and lists only files with their hashes.
 */
import * as v from 'valibot';
import { isPackageName, normalPackageName } from '../../skill/ecosystem.ts';
import { isPackageVersion } from '../../skill/manifest-packages.ts';
import { lockBytesMax } from '../limits.ts';
import { parseTomlValue } from './toml-value.ts';

export interface Pin {
  readonly version: string;
  /** `sha256:…` of the files that the lock lists. */
  readonly hashes: ReadonlySet<string>;
  /** The path of the lock. */
  readonly path: string;
}

/** The pins by name. A name with several versions has no pin: markers choose among them. */
export function pinsIn(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): ReadonlyMap<string, Pin> {
  const found = files.flatMap(({ path, bytes }) => {
    if (bytes.byteLength > lockBytesMax) return [];
    const text = Buffer.from(bytes).toString('utf8');
    if (/(^|\/)uv\.lock$|\.py\.lock$/.test(path)) return pinsOfUv(path, text);
    return /(^|\/)requirements\.txt$/.test(path) ? pinsOfRequirements(path, text) : [];
  });
  const pins = new Map<string, Pin>();
  const several = new Set<string>();
  for (const [name, pin] of found) {
    const before = pins.get(name);
    if (before !== undefined && before.version !== pin.version) several.add(name);
    pins.set(name, pin);
  }
  return new Map([...pins].filter(([name]) => !several.has(name)));
}

const uvLock = v.looseObject({
  package: v.array(
    v.looseObject({
      name: v.string(),
      version: v.exactOptional(v.string()),
      source: v.looseObject({ registry: v.exactOptional(v.string()) }),
      wheels: v.optional(v.array(v.looseObject({ hash: v.exactOptional(v.string()) })), []),
    }),
  ),
});

function pinsOfUv(path: string, text: string): [string, Pin][] {
  const lock = v.safeParse(uvLock, tomlOf(text));
  if (!lock.success) return [];
  return lock.output.package.flatMap(({ name, source, version = '', wheels }) =>
    source.registry === undefined
      ? []
      : pin(
          path,
          name,
          version,
          wheels.map(({ hash = '' }) => hash),
        ),
  );
}

function tomlOf(text: string): unknown {
  try {
    return parseTomlValue(text);
  } catch {
    return undefined;
  }
}

function pinsOfRequirements(path: string, text: string): [string, Pin][] {
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
  return lines.flatMap((line) => {
    const [, name = '', version = ''] =
      /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*==\s*([^\s;#]+)/.exec(line) ?? [];
    const hashes = [...line.matchAll(/--hash=(sha256:[0-9a-f]{64})/g)].map(([, hash = '']) => hash);
    return hashes.length === 0 ? [] : pin(path, name, version, hashes);
  });
}

function pin(
  path: string,
  name: string,
  version: string,
  hashes: readonly string[],
): [string, Pin][] {
  const known = new Set(hashes.filter((hash) => /^sha256:[0-9a-f]{64}$/.test(hash)));
  // The tools read the pins by lines: a name with a line break would be an option of pip.
  if (!isPackageName('python', name) || !isPackageVersion(version) || known.size === 0) return [];
  return [[normalPackageName('python', name), { version, hashes: known, path }]];
}
