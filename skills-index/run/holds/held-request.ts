/**
 * A held request as one block of bytes, exactly as the request would leave. People read these
 * bytes, and the hold contains the digest of the bytes. Pure.
 */

export interface HeldRequest {
  /** The request line, for example `POST /v2/deals HTTP/1.1`. */
  readonly line: string;
  /**
   * Headers in the form `Name: value`. The name of a secret stands in the place of the secret's
   * value.
   */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

const end = '\r\n';

/**
 * @throws TypeError when the line or a header contains a line break, because a person would then be
 * shown other headers and another body
 */
export function writeHeldRequest({ body, headers, line }: HeldRequest): Buffer {
  if ([line, ...headers].some((one) => /[\r\n]/.test(one)))
    throw new TypeError('A header of a held request contains a line break');
  return Buffer.concat([Buffer.from([line, ...headers, '', ''].join(end), 'latin1'), body]);
}

/** @param bytes the result of `writeHeldRequest` */
export function parseHeldRequest(bytes: Uint8Array): HeldRequest {
  const all = Buffer.from(bytes);
  const at = all.indexOf(end + end);
  const [line = '', ...headers] = all.subarray(0, at).toString('latin1').split(end);
  return { line, headers, body: all.subarray(at + 2 * end.length) };
}

/** The encoding of the request's body, in lower case; `identity` for a body without an encoding. */
export function codingOf(headers: readonly string[]): string {
  const found = headers.find((one) => /^content-encoding:/i.test(one));
  return found?.replace(/^[^:]*:/, '').trim() ?? 'identity';
}

/**
 * Returns the bytes as text. Returns undefined when the bytes are not UTF-8, or contain control
 * characters other than line breaks and tabs.
 * @param isCut whether the bytes may end in the middle of a character
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
