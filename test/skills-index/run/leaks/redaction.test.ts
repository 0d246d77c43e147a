import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { placeholderFor } from '../../../../runner/egress/placeholder.ts';
import { type KnownValue, redactionOf } from '../../../../skills-index/run/leaks/redaction.ts';
import { isWhole } from '../../../sample.ts';

const placeholder = placeholderFor(new Uint8Array(16));
const value = 'sk/live+0123 "456"';
const fixed = (values: readonly KnownValue[]) => redactionOf(() => values);
const redactor = (values: readonly KnownValue[]) => fixed(values).start();
const known = [{ name: 'T', placeholder, value }];

const clean = (parts: readonly string[]): string => {
  const filter = redactor(known);
  return parts.map((part) => filter.push(part)).join('') + filter.end();
};

describe('a value in an answer', () => {
  it.each([
    ['as Python quotes it', 'sk/live%2B0123%20%22456%22'],
    ['in HTML', 'sk/live+0123 &quot;456&#34;'],
    ['in quoted-printable, wrapped', 'sk/live+01=\r\n23 =22456"'],
    ['in wrapped base64', Buffer.from(value).toString('base64').replace(/.{7}/g, '$&\r\n')],
    [
      'in hexadecimal with spaces',
      Buffer.from(value)
        .toString('hex')
        .replace(/..(?=.)/g, '$& '),
    ],
  ])('%s is replaced, wherever the parts of the answer end', (_, text) => {
    for (let cut = 0; cut <= text.length; cut++) {
      const out = clean(['before ', text.slice(0, cut), text.slice(cut), ' after']);
      expect(out).toContain(placeholder);
      for (const part of ['live', '0123', '456', text.slice(8, 16)])
        expect(out.replace(placeholder, '')).not.toContain(part);
      expect(out.startsWith('before ') && out.endsWith(' after')).toBe(true);
    }
  });

  it('that begins another one is not taken for it, wherever the parts end', () => {
    const longer = { name: 'L', placeholder: 'LONGER', value: `${value}-and-more` };
    for (let cut = 0; cut <= longer.value.length; cut++) {
      const filter = redactor([...known, longer]);
      const out =
        filter.push(longer.value.slice(0, cut)) +
        filter.push(longer.value.slice(cut)) +
        filter.end();
      expect(out).toBe('LONGER');
    }
  });

  it('is not looked for where there is none, nor where it is empty', () => {
    for (const none of [[], [{ name: 'E', placeholder, value: '' }]])
      expect(redactor(none).push('text')).toBe('text');
  });

  it('is all that is replaced', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40 })), (parts) => {
        fc.pre(!parts.join('').includes(value));
        expect(clean(parts)).toBe(parts.join(''));
      }),
    );
  });
});

describe('any value', () => {
  const printable = fc
    .string({
      minLength: 8,
      maxLength: 60,
      unit: fc.constantFrom(...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))),
    })
    .filter((text) => !placeholder.includes(text));
  const hex = (text: string): string => Buffer.from(text).toString('hex');
  const forms: Readonly<Record<string, (text: string) => string>> = {
    plain: (text) => text,
    address: encodeURIComponent,
    'every sign of an address': (text) => hex(text).replace(/../g, '%$&'),
    JSON: (text) => JSON.stringify(text).slice(1, -1),
    'careful JSON': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
    'JSON in escapes': (text) => hex(text).replace(/../g, '\\u00$&'),
    hex,
    'capital hex': (text) => hex(text).toUpperCase(),
    'UTF-16, low byte first': (text) => Buffer.from(text, 'utf16le').toString('latin1'),
    'UTF-16, high byte first': (text) => Buffer.from(text, 'utf16le').swap16().toString('latin1'),
    ...Object.fromEntries(
      ['', 'a', 'ab'].flatMap((before) =>
        (['base64', 'base64url'] as const).map((encoding) => [
          `${encoding} after ${before.length}`,
          (text: string) => Buffer.from(`${before}${text}==`).toString(encoding),
        ]),
      ),
    ),
  };

  it.each(Object.entries(forms))('as %s is replaced, in any text, in any parts', (_, write) => {
    const cuts = fc.array(fc.nat({ max: 700 }), { maxLength: 8 });
    fc.assert(
      fc.property(
        printable,
        fc.string({ maxLength: 60 }),
        fc.string({ maxLength: 60 }),
        cuts,
        (secret, before, after, at) => {
          const text = Buffer.from(`${before}\n${write(secret)}\n${after}`, 'latin1').toString(
            'latin1',
          );
          const ends = [...at.filter((cut) => cut < text.length), text.length].sort(
            (a, b) => a - b,
          );
          const filter = redactor([{ name: 'T', placeholder, value: secret }]);
          const out =
            ends.map((end, i) => filter.push(text.slice(ends[i - 1] ?? 0, end))).join('') +
            filter.end();
          expect([...filter.found]).toEqual(['T']);
          expect(out).toContain(placeholder);
          expect(out).not.toContain(write(secret));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a part of a value', () => {
  const key = 'Zx9Qk2LmPq7RtYw3VbNc8HdJf5GsAe1UoIp4R3Ts';
  const answerWith = (text: string, secret = key, size = 7): string => {
    const filter = redactor([{ name: 'T', placeholder: '[T]', value: secret }]);
    const parts = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    return parts.map((part) => filter.push(part)).join('') + filter.end();
  };
  const bytesOf = (text: string) => [...Buffer.from(text)];
  const base32 = (text: string): string =>
    (
      bytesOf(text)
        .map((byte) => byte.toString(2).padStart(8, '0'))
        .join('')
        .match(/.{5}/g) ?? []
    )
      .map((bits) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(bits, 2)])
      .join('');
  const written: Readonly<Record<string, (text: string) => string>> = {
    plain: (text) => text,
    'in one case': (text) => text.toLowerCase(),
    reversed: (text) => [...text].reverse().join(''),
    rot13: (text) =>
      text.replace(/[a-z]/gi, (sign) =>
        String.fromCharCode(sign.charCodeAt(0) + (/[a-m]/i.test(sign) ? 13 : -13)),
      ),
    hexadecimal: (text) => Buffer.from(text).toString('hex'),
    base64: (text) => Buffer.from(text).toString('base64url'),
    'base64 after other bytes': (text) => Buffer.from(`x${text}`).toString('base64'),
    'base64 of base64': (text) =>
      Buffer.from(Buffer.from(text).toString('base64')).toString('base64'),
    base32,
    decimal: (text) => bytesOf(text).join(','),
    octal: (text) =>
      bytesOf(text)
        .map((byte) => `\\${byte.toString(8)}`)
        .join(''),
    'UTF-32': (text) => [...text].map((sign) => `${sign}\0\0\0`).join(''),
  };

  it.each(Object.entries(written))(
    'that a host cuts off is replaced %s, wherever the answer is cut',
    (form, write) => {
      // All but the last sign, the second half, what stands in the middle.
      for (const part of [key.slice(0, -1), key.slice(20), key.slice(9, 29)])
        for (const size of [1, 7, 4_096]) {
          const out = answerWith(`error: ${write(part)} is no token`, key, size);
          expect([form, out]).toEqual([form, expect.stringContaining('[T]')]);
          expect(out.startsWith('error: ') && out.endsWith(' is no token')).toBe(true);
          // What is left of it is less than eight characters, each in its form.
          expect(out.length).toBeLessThan(64);
        }
    },
  );

  it('is replaced in any eight of its characters', () => {
    for (let from = 0; from + 8 <= key.length; from++)
      expect(answerWith(`<${key.slice(from, from + 8)}>`)).toBe('<[T]>');
    expect(answerWith(`${key.slice(0, 20)}\n${key.slice(20)}`)).toBe('[T]\n[T]');
  });

  it.each([
    ['of letters of one case', 'qwzkvjxpmblrtnshgdfyc', 'wzkvjxpmblrtnshgdf'],
    ['of digits', '83649172650183746528', '6491726501837465'],
    ['behind its maker’s words', 'sk-ant-api03-Zx9Qk2LmPq7RtYw3', 'Zx9Qk2Lm'],
    [
      'in the signature of a token',
      `eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhY21lIn0.${key}`,
      key.slice(4, 18),
    ],
  ])('is replaced %s', (_, secret, part) => {
    expect(answerWith(`<${part}>`, secret)).toBe('<[T]>');
  });

  it.each([
    [
      'a word of a passphrase',
      'correct-horse-battery-staple',
      'the correct answer, horse and battery included',
    ],
    ['a date', '2026112083640912', '2026-11-20 and 20261120'],
    [
      'another key of the same maker',
      'sk-ant-api03-Zx9Qk2LmPq7RtYw3',
      'sk-ant-api03-Bb2mN8cVxQ0pLk5Z',
    ],
    [
      'another token of the same issuer',
      `eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhY21lIn0.${key}`,
      'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhY21lIn0.Hq8sVb1Nc7MdKf3JgLzX',
    ],
    ['seven of its characters', key, key.slice(3, 10)],
  ])('is not taken for %s', (_, secret, text) => {
    expect(answerWith(text, secret)).toBe(text);
  });

  it('leaves every other answer as it is, byte for byte', () => {
    const deal = fc.record({
      id: fc.uuid(),
      name: fc.lorem(),
      at: fc.date({ noInvalidDate: true }),
      key: fc.base64String(),
      bytes: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(deal, { maxLength: 20 }), (deals) => {
        const text = Buffer.from(JSON.stringify(deals)).toString('latin1');
        expect(answerWith(text, key, 50)).toBe(text);
      }),
    );
    const large = Buffer.from(
      Array.from({ length: 1 << 20 }, (_, at) => (at * at * 48_271) >> 7),
    ).toString('latin1');
    expect(answerWith(large.repeat(8), key, 65_536) === large.repeat(8)).toBe(true);
  });
});

describe('a long value', () => {
  // Random text of a length, the same each time.
  const longValue = (length: number): string =>
    Array.from({ length: Math.ceil(length / 43) }, (_, at) =>
      createHash('sha256').update(`${at}`).digest('base64url'),
    )
      .join('')
      .slice(0, length);

  it.each([[2_500, 4_096], [16 * 1024, 1_000], ...(isWhole ? [[64 * 1024, 65_536]] : [])])(
    'of %i characters is replaced in every form, in parts of %i',
    (length, size) => {
      const secret = longValue(length);
      const redaction = fixed([{ name: 'T', placeholder: '[T]', value: secret }]);
      const bytes = Buffer.from(secret);
      const hex = bytes.toString('hex');
      const forms = {
        plain: secret,
        address: hex.replace(/../g, '%$&'),
        JSON: hex.replace(/../g, '\\u00$&'),
        hexadecimal: hex,
        'wrapped base64': bytes.toString('base64').replace(/.{76}/g, '$&\r\n'),
        'UTF-16': Buffer.from(secret, 'utf16le').toString('latin1').slice(0, -1),
        reversed: [...secret].reverse().join(''),
        'its middle': secret.slice(length / 4, length / 2),
        'base64 of its base64': Buffer.from(bytes.toString('base64')).toString('base64'),
      };
      for (const [form, text] of Object.entries(forms)) {
        const filter = redaction.start();
        const parts = `<${text}>`.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
        const out = parts.map((part) => filter.push(part)).join('') + filter.end();
        expect([form, out.startsWith('<'), out.endsWith('>')]).toEqual([form, true, true]);
        expect([form, out]).toEqual([form, expect.stringContaining('[T]')]);
        // What stands at the ends of an encoded whole is not of the value alone.
        expect(out.length).toBeLessThan(32);
      }
      expect(
        redaction.start().push(`${longValue(length + 8).slice(length + 1)} `.repeat(100)),
      ).not.toContain('[T]');
    },
  );
});

describe('a value that repeats itself', () => {
  it('is compared with each place of an answer a few times, however often it has the same part', () => {
    const redaction = fixed([{ name: 'T', placeholder: '[T]', value: 'aB3xY9qZ'.repeat(2_000) }]);
    const compare = vi.spyOn(Buffer.prototype, 'equals');
    const filter = redaction.start();
    const out = filter.push('<aB3xY9qZaB3xY9qZ>'.repeat(10)) + filter.end();
    const compared = compare.mock.calls.length;
    compare.mockRestore();
    expect(out).toBe('<[T]>'.repeat(10));
    expect(compared).toBeLessThan(2_000);
  });
});

describe('a value that changes while an answer arrives', () => {
  const before = 'first-token-aB3xY9qZ7w';
  const after = 'other-token-Kk4mN8pR2s';
  const all = (...values: string[]): KnownValue[] =>
    values.map((value) => ({ name: 'T', placeholder: '[T]', value }));

  it.each([
    ['both', `<${before}>`, `<${after}>${before}`, '<[T]><[T]>[T]'],
    ['the old one, cut by the change', `<${before.slice(0, 9)}`, `${before.slice(9)}>`, '<[T]>'],
    ['the old one, cut at its last letters', before.slice(0, -2), `${before.slice(-2)}!`, '[T]!'],
    ['the new one, cut by the change', `<${after.slice(0, 9)}`, `${after.slice(9)}>`, '<[T]>'],
    ['none', 'nothing ', 'here', 'nothing here'],
  ])('is replaced: %s', (_, early, late, shown) => {
    let values = all(before);
    const filter = redactionOf(() => values).start();
    const first = filter.push(early);
    values = all(after, before);
    expect(first + filter.push(late) + filter.end()).toBe(shown);
  });
});

describe('where the parts of an answer end', () => {
  // Few signs, so that much nearly fits and values overlap.
  const sign = fc.constantFrom('a', 'A', '1', '%', '=', '&', '+', '\\', ' ', '"');
  const some = (minLength: number, maxLength: number) =>
    fc.string({ unit: sign, minLength, maxLength });
  const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
  const writings: readonly ((text: string) => string)[] = [
    (text) => text,
    encodeURIComponent,
    (text) => hex(text).replace(/../g, '%$&'),
    hex,
    (text) => Buffer.from(text, 'latin1').toString('base64'),
    (text) => [...text].join('=\r\n'),
  ];

  it('does not matter, and a whole value is found where a slow search finds it', () => {
    fc.assert(
      fc.property(
        some(8, 20),
        fc.array(fc.tuple(some(0, 12), fc.nat({ max: writings.length - 1 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
        (secret, pieces, at) => {
          const values = [{ name: 'T', placeholder: '[T]', value: secret }];
          const text = pieces
            .map(([before, form]) => before + (writings[form]?.(secret) ?? ''))
            .join('');
          const ends = [...at.filter((cut) => cut < text.length), text.length].sort(
            (a, b) => a - b,
          );
          const filter = redactor(values);
          const cut =
            ends.map((end, i) => filter.push(text.slice(ends[i - 1] ?? 0, end))).join('') +
            filter.end();
          const whole = redactor(values);
          expect(cut).toBe(whole.push(text) + whole.end());
          for (const write of writings)
            expect(cut.replaceAll('[T]', '\u{1f512}')).not.toContain(write(secret));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('what stands around the secret of a value', () => {
  const random = createHash('sha512').update('a key').digest('base64').replace(/=+$/, '');
  const letters = random.replace(/[^A-Za-z0-9]/g, '').slice(0, 36);
  const oneLine = (label: string, body: string): string =>
    `-----BEGIN ${label}----- ${body} -----END ${label}-----`;
  const pkcs8 = `MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7${random.repeat(4)}`;
  const service = JSON.stringify({
    type: 'service_account',
    project_id: 'acme-billing-123',
    private_key: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`,
    client_email: 'robot@acme-billing-123.iam.gserviceaccount.com',
    token_uri: 'https://oauth2.googleapis.com/token',
  });
  const redact = (secret: string, text: string): string => {
    const filter = fixed([{ name: 'T', placeholder: '[T]', value: secret }]).start();
    return filter.push(text) + filter.end();
  };

  it.each([
    [
      'the address of a user',
      'user@example.com:Passw0rd!x',
      'mail user@example.com, or USER@EXAMPLE.COM',
    ],
    [
      'the host of a hook',
      'https://hooks.slack.com/services/T0001/B0002/abcdEFGH1234',
      'see https://hooks.slack.com/docs',
    ],
    [
      'the host of a database',
      'postgres://billing:hunter2Hunter@db1.internal.example:5432/app',
      'no route to db1.internal.example:5432',
    ],
    [
      'the lines around a key',
      oneLine('PRIVATE KEY', pkcs8),
      `${oneLine('PRIVATE KEY', '(not shown)')}\n`,
    ],
    [
      'what certificates beside a key have in common',
      `${oneLine('PRIVATE KEY', pkcs8)}\n${oneLine('CERTIFICATE', `MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa${random}`)}`,
      'MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYD',
    ],
    [
      'the cipher of an encrypted key',
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,AB12CD34\n\n${random}\n-----END RSA PRIVATE KEY-----\n`,
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,',
    ],
    [
      'what all keys of RSA begin with',
      oneLine('PRIVATE KEY', pkcs8),
      'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQD3',
    ],
    [
      'fields of a service account',
      service,
      '{"type":"service_account","project_id":"acme-billing-123"}',
    ],
  ])('%s stays in an answer', (_, secret, text) => {
    expect(redact(secret, text)).toBe(text);
  });

  it.each([
    ['a password', 'user@example.com:Passw0rd!x', 'Passw0rd!x'],
    [
      'the key of a hook',
      'https://hooks.slack.com/services/T0001/B0002/abcdEFGH1234',
      'abcdEFGH1234',
    ],
    [
      'a key of a query',
      'https://maps.example/v1?key=AIzaSyD4x9QmL2vB7nK4&v=1',
      'AIzaSyD4x9QmL2vB7nK4',
    ],
    [
      'the password of a database',
      'postgres://billing:hunter2Hunter@db1.example:5432/app',
      'hunter2Hunter',
    ],
    ['the body of a key', oneLine('PRIVATE KEY', pkcs8), random],
    [
      'the body of an encrypted key',
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,AB12CD34\n\n${letters}\n-----END RSA PRIVATE KEY-----\n`,
      letters,
    ],
    ['the key of a service account', service, pkcs8.slice(60, 120)],
    [
      'a password in JSON',
      '{"user":"billing","password":"correct-horse-battery-staple"}',
      'correct-horse-battery-staple',
    ],
    [
      'the token in the place of a user',
      `https://ghp_${letters}@github.com/org/repo.git`,
      `ghp_${letters}`,
    ],
    [
      'the key in the name of a host',
      'https://qWx9LmP2vB7nK4tR.hooks.example/',
      'qWx9LmP2vB7nK4tR',
    ],
    ['a key of letters before a word', 'qWxyLmPzvBknKutRjHgF:api', 'qWxyLmPzvBknKutRjHgF'],
    [
      'a password in an address in JSON',
      `{"api_key":"${random.slice(0, 32)}","url":"postgres://app:Zx9QmL2vB7@db.example/p"}`,
      'Zx9QmL2vB7',
    ],
    [
      'the words of a wallet',
      `{"api_key":"${random.slice(0, 32)}","phrase":"correct horse battery staple"}`,
      'correct horse battery staple',
    ],
    [
      'the name of a field that is a key',
      `{"api_key":"${random.slice(0, 32)}","Zx9QmL2vB7nK4tR3sT":"reader"}`,
      'Zx9QmL2vB7nK4tR3sT',
    ],
    ['the text of JSON that names no key', '{"one":"Zx9QmL2v","two":"vB7nK4pR"}', 'vB7nK4pR'],
  ])('%s is replaced', (_, secret, text) => {
    for (const one of [text, Buffer.from(text).toString('hex')])
      expect(redact(secret, `<${one}>`)).toMatch(/^<(\[T\]\n?)+>$/);
    expect(redact(secret, `<${secret}>`)).toBe('<[T]>');
    expect(redact(secret, `<${Buffer.from(secret).toString('base64url')}>`)).toMatch(
      /^<\[T\].{0,2}>$/,
    );
  });

  it.each([
    ['in a text of JSON', `{"api_key":"${letters}","db":"Server=x; Password=Zx9QmL2vB7;"}`],
    ['beside a key', `${oneLine('PRIVATE KEY', pkcs8)}\ntoken Zx9QmL2vB7`],
  ])('a password %s is replaced', (_, secret) => {
    expect(redact(secret, '<Zx9QmL2vB7>')).toBe('<[T]>');
  });
});
