import { describe, expect, it } from 'vitest';
import {
  parseHeldRequest,
  writeHeldRequest,
} from '../../../../skills-index/run/holds/held-request.ts';

describe('a request that waits', () => {
  const request = {
    line: 'POST /v2/deals HTTP/1.1',
    headers: ['Host: api.crm.example', 'Content-Length: 2'],
  };

  it.each(['', 'ok', '\r\n\r\n', 'a\r\n\r\nb'])(
    'is read back as it was written, with the body %j',
    (text) => {
      const body = Buffer.from(text);
      expect(parseHeldRequest(writeHeldRequest({ ...request, body }))).toEqual({
        ...request,
        body,
      });
    },
  );

  it.each([
    { line: `${request.line}\r\nX: y` },
    { headers: ['Authorization: Basic base64 of me:<secret crm>\r\n\r\nto=landlord'] },
    { headers: ['X: a\nb'] },
  ])('is not written when a line end would end its headers: %j', (more) => {
    expect(() => writeHeldRequest({ ...request, body: Buffer.alloc(0), ...more })).toThrow(
      'line break',
    );
  });
});
