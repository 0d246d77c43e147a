/**
 * Reads Sigstore bundles that other programs made, v0.1 to v0.3. A bundle may contain nothing
 * besides the parts that are verified.
 */
import { type Bundle, bundleFromJSON, bundleToJSON } from '@sigstore/bundle';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';

const foreignBundleBytesMax = 16 * 1024 * 1024;

/**
 * Parses a bundle's JSON without verifying any signature. A field that Sigstore's library does not
 * know and a repeated key are rejected. Base64 or a number in an unusual form is rejected, too,
 * because another parser could read it differently.
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

// Protobuf's JSON may leave out zero and empty values, so the written form may lack them. A number
// may stand without quotes.
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
