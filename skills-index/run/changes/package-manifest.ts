/**
 * Judges a changed `package.json` by its content. A change of versions alone is ordinary work.
 * Every other change may name a command that npm or another tool on the host runs. Pure.
 */
import validRange from 'semver/ranges/valid.js';
import { Problem } from '../../skill/problem.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';

const dependencyLists = new Set([
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
]);
const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const plainVersion = /^[0-9A-Za-z.+-]{1,100}$/;

/**
 * Whether two contents of a `package.json` differ in the version and in dependencies from the
 * registry alone. False where any doubt remains.
 */
export function changesVersionsAlone(before: Uint8Array, after: Uint8Array): boolean {
  const [old, fresh] = [before, after].map(objectIn);
  if (old === undefined || fresh === undefined) return false;
  return [...new Set([...old.keys(), ...fresh.keys()])].every((key) => {
    if (isSame(old.get(key), fresh.get(key))) return true;
    if (key === 'version') return plainVersion.test(String(fresh.get(key)));
    return dependencyLists.has(key) && addsVersionsAlone(old.get(key), fresh.get(key));
  });
}

function addsVersionsAlone(before: unknown, after: unknown): boolean {
  const [old, fresh] = [before ?? {}, after ?? {}].map(entriesOf);
  if (old === undefined || fresh === undefined) return false;
  return [...fresh].every(
    ([name, range]) =>
      isSame(old.get(name), range) ||
      // A range of the registry, and no address, file, tag or alias.
      (packageName.test(name) && typeof range === 'string' && validRange(range) !== null),
  );
}

function objectIn(bytes: Uint8Array): ReadonlyMap<string, unknown> | undefined {
  try {
    return entriesOf(parseJson(bytes, 'package.json').value);
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

function entriesOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : undefined;
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalDigest(one) === canonicalDigest(other);
}
