/**
 * Our own strict reader of multipart/form-data (RFC 7578). It hands out views of the body: the
 * readers of platforms copy a large part several times.
 */
import { Problem } from '../../skills-index/skill/problem.ts';

/** The headers of one part of an upload. */
const partHeaderBytesMax = 4 * 1024;

/** A part of a form. */
interface ReceivedPart {
  readonly name: string;
  /** As the client wrote it; absent for a field. */
  readonly fileName?: string;
  /** A view of the body. */
  readonly content: Buffer;
}

/**
 * Splits a body into parts with different names.
 * @param names the parts that may come, each at most once
 * @throws Problem `request-invalid`
 */
export function parseMultipart(
  body: Buffer,
  contentType: string | undefined,
  names: readonly string[],
): ReadonlyMap<string, Buffer> {
  const parts = new Map<string, Buffer>();
  for (const { name, content } of partsOf(body, contentType)) {
    if (!names.includes(name) || parts.has(name))
      throw new Problem(
        'request-invalid',
        `The upload has an unknown or repeated part: ${name.slice(0, 100)}`,
      );
    parts.set(name, content);
  }
  return parts;
}

/**
 * The parts of a body, one after the other. The caller ends the walk when there are too many.
 * @throws Problem `request-invalid`
 */
function* partsOf(body: Buffer, contentType: string | undefined): Generator<ReceivedPart, void> {
  const boundary = boundaryOf(contentType ?? '');
  const opening = Buffer.from(`--${boundary}`);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  if (!body.subarray(0, opening.length).equals(opening)) throw notMultipart();
  for (let at = opening.length; ; ) {
    const behind = body.toString('latin1', at, at + 2);
    if (behind === '--') {
      requireEnd(body.subarray(at + 2));
      return;
    }
    if (behind !== '\r\n') throw notMultipart();
    const headersEnd = body.subarray(0, at + partHeaderBytesMax).indexOf('\r\n\r\n', at);
    if (headersEnd === -1) throw notMultipart();
    const begin = headersEnd + 4;
    const end = body.indexOf(delimiter, begin);
    if (end === -1) throw notMultipart();
    const named = namesIn(body.toString('utf8', at + 2, headersEnd));
    yield { ...named, content: body.subarray(begin, end) };
    at = end + delimiter.length;
  }
}

// RFC 2046 §5.1.1 lists the characters of a boundary.
function boundaryOf(contentType: string): string {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;(?:[^"]*;)?\s*boundary=(?:"([^"]+)"|([^\s;"]+))\s*(?:;[^"]*)?$/i.exec(
      contentType,
    ) ?? [];
  const boundary = quoted ?? plain ?? '';
  if (!/^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/.test(boundary)) throw notMultipart();
  return boundary;
}

function namesIn(headers: string): Pick<ReceivedPart, 'name' | 'fileName'> {
  const lines = headers.split('\r\n');
  const [disposition, ...more] = lines.filter((line) => /^content-disposition\s*:/i.test(line));
  // A part in another encoding would be read as other bytes than its sender means.
  const isEncoded = lines.some((line) =>
    /^content-transfer-encoding\s*:(?!\s*(?:binary|7bit|8bit)\s*$)/i.test(line),
  );
  const [, parameters] =
    /^content-disposition\s*:\s*form-data((?:\s*;\s*[\w*-]+=(?:"[^"]*"|[^\s;"]*))+)\s*$/i.exec(
      disposition ?? '',
    ) ?? [];
  const given = [...(parameters ?? '').matchAll(/;\s*([\w*-]+)=(?:"([^"]*)"|([^\s;"]*))/g)];
  const valuesOf = (wanted: string): string[] =>
    given.flatMap(([, key, quoted, plain]) =>
      key?.toLowerCase() === wanted ? [quoted ?? plain ?? ''] : [],
    );
  const [name, ...others] = valuesOf('name');
  const [fileName, ...otherFiles] = valuesOf('filename');
  // RFC 7578 §4.2 forbids `filename*`, which some readers prefer to `filename`.
  const odd = [...others, ...otherFiles, ...valuesOf('filename*'), ...more];
  if (name === undefined || odd.length > 0 || isEncoded) throw notMultipart();
  return { name, ...(fileName === undefined ? {} : { fileName }) };
}

// A line end may follow, and nothing else: somebody else could read another part there.
function requireEnd(rest: Buffer): void {
  if (rest.length > 0 && rest.toString('latin1') !== '\r\n') throw notMultipart();
}

function notMultipart(): Problem {
  return new Problem('request-invalid', 'The upload is not multipart/form-data');
}
