/** Canonical JSON, so that equal values have equal bytes (RFC 8785). */
import { type Digest, digestOf } from '../digest.ts';
import { Problem } from '../problem.ts';

/**
 * The RFC 8785 form of a JSON value: keys sorted by UTF-16 code units, no white space, numbers as
 * ECMAScript prints them. Keys with the value `undefined` are left out, as in JSON.stringify.
 * @throws Problem `json-invalid` for values outside JSON (NaN, functions, dates, lone surrogates)
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed())
        throw new Problem('json-invalid', 'A string holds half a surrogate pair');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new Problem('json-invalid', `JSON cannot carry ${value}`);
      return JSON.stringify(value);
    case 'boolean':
      return String(value);
    case 'object':
      break;
    default:
      throw new Problem('json-invalid', `JSON cannot carry a ${typeof value}`);
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new Problem('json-invalid', 'JSON carries plain objects only');
  let members = '';
  for (const key of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, key);
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${canonicalJson(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

/** The digest of a JSON value's canonical form. */
export function canonicalDigest(value: unknown): Digest {
  return digestOf(canonicalJson(value));
}
