/**
 * A form as the bytes of a request (multipart/form-data, RFC 7578). `FormData` would load `fetch`,
 * which takes 40 ms.
 */
import { randomBytes } from 'node:crypto';
import type { TypedBytes } from '../registries/registry-api.ts';

export interface FormPart {
  /** Without quotes and line ends. */
  readonly name: string;
  /** The name of the file, without quotes and line ends. */
  readonly file: string;
  readonly type: string;
  readonly content: string | Uint8Array;
}

export function multipartOf(parts: readonly FormPart[]): TypedBytes {
  // No content has the boundary, because nobody could know it.
  const boundary = `skillgate-${randomBytes(16).toString('hex')}`;
  const bytes = parts.flatMap(({ name, file, type, content }) => [
    `--${boundary}\r\n`,
    `content-disposition: form-data; name="${name}"; filename="${file}"\r\n`,
    `content-type: ${type}\r\n\r\n`,
    content,
    '\r\n',
  ]);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([...bytes, `--${boundary}--\r\n`].map((part) => Buffer.from(part))),
  };
}
