/**
 * Sigstore bundles that others made, v0.1 to v0.3, read so that what is verified is all that stands
 * there.
 */
import { type Bundle, bundleFromJSON, bundleToJSON } from '@sigstore/bundle';
import { parseJson } from '../../skill/json.ts';
import { Problem } from '../../skill/problem.ts';
import { foreignBundleBytesMax } from '../limits.ts';

/**
 * Reads a bundle's JSON; nothing is verified. A field that the library does not know, a repeated
 * key, and base64 or a number in a form of its own are refused: somebody else could read them
 * otherwise.
 * @throws Problem `statement-invalid`, `json-invalid`
 */
export function parseForeignBundle(content: Uint8Array): Bundle {
  if (content.byteLength > foreignBundleBytesMax)
    throw invalid(`it has more than ${foreignBundleBytesMax} bytes`);
  const { value } = parseJson(content, 'the Sigstore bundle');
  const bundle = fromJson(value);
  if (!mediaTypes.has(bundle.mediaType))
    throw invalid(`its media type is ${JSON.stringify(bundle.mediaType.slice(0, 100))}`);
  const where = firstDifference(value, bundleToJSON(bundle), 'bundle');
  if (where !== undefined)
    throw invalid(`${where} is unknown, or not in the form in which it is written`);
  return bundle;
}

const mediaTypes: ReadonlySet<string> = new Set([
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
]);

function fromJson(value: unknown): Bundle {
  try {
    return bundleFromJSON(value);
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

// Protobuf's JSON may leave out what is zero or empty, so the written form may lack it; and a
// number may stand without quotes.
function firstDifference(given: unknown, written: unknown, path: string): string | undefined {
  if (written === undefined) return isDefault(given) ? undefined : path;
  if (
    typeof given !== 'object' ||
    given === null ||
    typeof written !== 'object' ||
    written === null
  )
    return given === written || (Number.isSafeInteger(given) && String(given) === written)
      ? undefined
      : path;
  if (Array.isArray(given) !== Array.isArray(written)) return path;
  for (const [key, member] of Object.entries(given)) {
    const inWritten = Object.hasOwn(written, key)
      ? (written as Record<string, unknown>)[key]
      : undefined;
    const where = firstDifference(member, inWritten, `${path}.${key}`);
    if (where !== undefined) return where;
  }
  return undefined;
}

function isDefault(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === '' || value === 0 || value === '0' || value === false;
}

function invalid(why: string, cause?: unknown): Problem {
  return new Problem('statement-invalid', `Cannot read the Sigstore bundle: ${why}`, { cause });
}
