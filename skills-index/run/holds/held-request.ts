/**
 * A held request in one piece, as it would leave: what a person can look at, and what the digest in
 * its hold is of. Pure.
 */

export interface HeldRequest {
  /** `POST /v2/deals HTTP/1.1` */
  readonly line: string;
  /** `Name: value`; a secret's name in the place of its value. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

const end = '\r\n';

/**
 * @throws TypeError when the line or a header has a line end in it: a person would be shown other
 * headers and another body
 */
export function writeHeldRequest({ body, headers, line }: HeldRequest): Buffer {
  if ([line, ...headers].some((one) => /[\r\n]/.test(one)))
    throw new TypeError('A header of a held request has a line end in it');
  return Buffer.concat([Buffer.from([line, ...headers, '', ''].join(end), 'latin1'), body]);
}

/** @param bytes as `writeHeldRequest` made them */
export function parseHeldRequest(bytes: Uint8Array): HeldRequest {
  const all = Buffer.from(bytes);
  const at = all.indexOf(end + end);
  const [line = '', ...headers] = all.subarray(0, at).toString('latin1').split(end);
  return { line, headers, body: all.subarray(at + 2 * end.length) };
}

/** How the body is packed, in small letters; `identity` where it is not. */
export function codingOf(headers: readonly string[]): string {
  const found = headers.find((one) => /^content-encoding:/i.test(one));
  return found?.replace(/^[^:]*:/, '').trim() ?? 'identity';
}

/**
 * The bytes as text; undefined for what is no text in UTF-8, or has controls in it other than line
 * ends and tabs.
 * @param isCut whether the last character may lack its end
 */
export function readableText(bytes: Uint8Array, isCut = false): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, {
      stream: isCut,
    });
    return /[^\P{Cc}\t\n\r]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
