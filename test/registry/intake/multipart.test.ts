import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMultipart } from '../../../registry/intake/multipart.ts';

const names = ['publish', 'provenance', 'bundle'];
const type = 'multipart/form-data; boundary=b';
const part = (name: string, content: string, more = ''): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`;
const read = (body: string | Buffer, contentType: string | undefined = type) =>
  Object.fromEntries(
    [...parseMultipart(Buffer.from(body), contentType, names)].map(([name, bytes]) => [
      name,
      bytes.toString('latin1'),
    ]),
  );

describe('an upload in parts', () => {
  it('is read as the platform reads it, whatever the parts hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
        fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 3, maxLength: 3 }),
        fc.boolean(),
        async (order, contents, isFile) => {
          const form = new FormData();
          for (const [at, name] of order.entries()) {
            const bytes = Buffer.from(contents[at] ?? []);
            if (isFile) form.set(name, new Blob([bytes]), 'a "file".tar');
            else form.set(name, bytes.toString('base64'));
          }
          const packed = new Response(form);
          const contentType = packed.headers.get('content-type') ?? '';
          const body = Buffer.from(await packed.arrayBuffer());
          const given = parseMultipart(body, contentType, names);
          expect([...given.keys()]).toEqual(order);
          for (const [at, name] of order.entries()) {
            const bytes = Buffer.from(contents[at] ?? []);
            const expected = isFile ? bytes : Buffer.from(bytes.toString('base64'));
            expect(given.get(name)?.equals(expected)).toBe(true);
          }
        },
      ),
    );
  });

  it.each<[string, string, string?]>([
    [
      'of curl',
      `${part('bundle', 'x', '; filename="b.tar"\r\nContent-Type: application/x-tar')}--b--\r\n`,
    ],
    [
      'with a quoted boundary',
      `${part('bundle', 'x')}--b--\r\n`,
      'multipart/form-data; boundary="b"',
    ],
    [
      'with another parameter',
      `${part('bundle', 'x')}--b--\r\n`,
      'Multipart/Form-Data; charset=utf-8; Boundary=b',
    ],
    ['without the last line end', `${part('bundle', 'x')}--b--`],
    ['with a plain name', `--b\r\ncontent-disposition:form-data;name=bundle\r\n\r\nx\r\n--b--`],
    [
      'in binary',
      `--b\r\nContent-Transfer-Encoding: binary\r\nContent-Disposition: form-data; name="bundle"\r\n\r\nx\r\n--b--`,
    ],
  ])('%s is read', (_, body, contentType) => {
    expect(read(body, contentType)).toEqual({ bundle: 'x' });
  });

  it.each<[string, string, string?]>([
    ['nothing', ''],
    ['no content type', `${part('bundle', 'x')}--b--`, ''],
    ['JSON', '{}', 'application/json'],
    ['no boundary', `${part('bundle', 'x')}--b--`, 'multipart/form-data'],
    [
      'two boundaries',
      `${part('bundle', 'x')}--b--`,
      'multipart/form-data; boundary=b; boundary=c',
    ],
    [
      'a boundary with a line end',
      `${part('bundle', 'x')}--b--`,
      'multipart/form-data; boundary="b\r\n"',
    ],
    [
      'a boundary of 71 characters',
      `--${'b'.repeat(71)}--`,
      `multipart/form-data; boundary=${'b'.repeat(71)}`,
    ],
    ['text before the first part', `hello\r\n${part('bundle', 'x')}--b--`],
    ['a second end', `${part('bundle', 'x')}--b--\r\n${part('publish', 'y')}--b--`],
    ['bytes behind the end', `${part('bundle', 'x')}--b--\r\nx`],
    ['no end', part('bundle', 'x')],
    ['half a delimiter', `${part('bundle', 'x')}--b`],
    ['a delimiter that goes on', `${part('bundle', 'x')}--bc\r\n\r\n--b--`],
    ['a part without headers', '--b\r\nx\r\n--b--'],
    ['a part without a name', '--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--'],
    ['a part with two names', `${part('bundle', 'x', '; name="publish"')}--b--`],
    [
      'a part with two dispositions',
      '--b\r\nContent-Disposition: form-data; name="bundle"\r\nContent-Disposition: form-data; name="publish"\r\n\r\nx\r\n--b--',
    ],
    [
      'a name inside a file name',
      '--b\r\nContent-Disposition: form-data; filename="; name=\\"bundle\\""\r\n\r\nx\r\n--b--',
    ],
    ['a part that comes twice', `${part('bundle', 'x')}${part('bundle', 'y')}--b--`],
    ['an unknown part', `${part('other', 'x')}--b--`],
    ['a prototype', `${part('__proto__', 'x')}--b--`],
    [
      'a part in base64',
      '--b\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name="bundle"\r\n\r\nx\r\n--b--',
    ],
    [
      'headers without an end',
      `--b\r\nContent-Disposition: form-data; name="bundle"${'x'.repeat(9_000)}\r\n\r\nx\r\n--b--`,
    ],
  ])('is refused with %s', (_, body, contentType) => {
    expect(() => read(body, contentType)).toThrow(
      expect.objectContaining({ code: 'request-invalid' }),
    );
  });

  it('is read in time, however often a delimiter begins', () => {
    const body = Buffer.from(`${part('bundle', '\r\n--'.repeat(1_000_000))}--b--`);
    const started = performance.now();
    expect(read(body).bundle).toHaveLength(4_000_000);
    const hostile = `multipart/form-data${';a'.repeat(100_000)}; boundary=b`;
    expect(() => read(body, hostile)).not.toThrow();
    expect(() =>
      read(`--b\r\nContent-Disposition: form-data${'; a=b'.repeat(700)}\r\n\r\nx\r\n--b--`),
    ).toThrow();
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
