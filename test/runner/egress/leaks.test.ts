import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Leak, type LeakDetector, leakDetector } from '../../../runner/egress/leaks.ts';
import { canaryFrom } from '../../../skills-index/run/leaks/canary.ts';

const canary = canaryFrom(Uint8Array.from({ length: 56 }, (_, i) => (i * 37 + 11) % 251));
const token = canary.parts.join('');
const placeholder = { name: 'CRM_TOKEN', parts: ['00112233445566778899aabbccddeeff'] };

function watched(): LeakDetector & { readonly seen: [string, Leak][] } {
  const seen: [string, Leak][] = [];
  const detector = leakDetector(
    [placeholder, canary],
    (channel, leak) => void seen.push([channel, leak]),
  );
  return { ...detector, seen };
}

const hex = (text: string | Buffer): string => Buffer.from(text).toString('hex');
const base32 = (text: string): string =>
  (
    [...Buffer.from(text)]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('')
      .padEnd(Math.ceil((text.length * 8) / 5) * 5, '0')
      .match(/.{5}/g) ?? []
  )
    .map((bits) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(bits, 2)])
    .join('');

/** As another language or tool would write it, not as the detector does. */
const ways: readonly (readonly [string, string | Buffer])[] = [
  ['plain', `token=${token}&x=1`],
  ['plain', token.toLowerCase()],
  ['reversed', [...token].reverse().join('')],
  [
    'rot13',
    token.replace(/[a-z]/gi, (c) =>
      String.fromCharCode(c.charCodeAt(0) + (c.toLowerCase() < 'n' ? 13 : -13)),
    ),
  ],
  ['url', hex(token).replace(/../g, '%$&')],
  ['hex', hex(token)],
  ['hex', hex(token).toUpperCase()],
  ['hex', hex(token).match(/../g)?.join(':') ?? ''],
  ['json', hex(token).replace(/../g, '\\u00$&')],
  ['json', JSON.stringify(hex(token).replace(/../g, '\\u00$&'))],
  ['html', [...token].map((sign) => `&#${sign.charCodeAt(0)};`).join('')],
  ['decimal', JSON.stringify(Buffer.from(token))],
  ['decimal', [...Buffer.from(token)].join(' ')],
  ['utf-16', Buffer.from(token, 'utf16le')],
  ['utf-16', Buffer.from(token, 'utf16le').swap16()],
  ['base64 of utf-16', Buffer.from(token, 'utf16le').toString('base64')],
  ['base64 of base64', Buffer.from(Buffer.from(token).toString('base64')).toString('base64')],
  ['base64 of hex', Buffer.from(hex(token)).toString('base64')],
  ['hex of base64', hex(Buffer.from(token).toString('base64'))],
  ['base64 of reversed', Buffer.from([...token].reverse().join('')).toString('base64')],
  ['base32', base32(token)],
  ['base32', base32(`ab${token}`).toLowerCase()],
  ...['', 'a', 'ab', '?>'].flatMap((before): [string, string][] => [
    ['base64', Buffer.from(`${before}${token}~~`).toString('base64')],
    ['base64', Buffer.from(`${before}${token}~~`).toString('base64url')],
    ['base64', encodeURIComponent(Buffer.from(`${before}${token}~~`).toString('base64'))],
    ['base64', `${Buffer.from(`${before}${token}`).toString('base64')}`.replace(/.{20}/, '$&\r\n')],
  ]),
];

describe('the canary, where it leaves', () => {
  it.each(ways)('%s is seen, wherever the parts end', (encoding, written) => {
    const bytes = Buffer.concat([
      Buffer.from('before '),
      Buffer.from(written),
      Buffer.from(' after'),
    ]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const detector = watched();
      const found = [bytes.subarray(0, cut), bytes.subarray(cut)]
        .map((part) => detector.push('body', part))
        .find((one) => one);
      expect(found).toEqual({ name: 'canary', encoding });
      expect(detector.seen).toEqual([['body', found]]);
    }
  });

  it('is seen byte by byte, and as one half of it', () => {
    for (const text of [token, token.slice(3, 25), token.slice(20)]) {
      const detector = watched();
      const found = [...Buffer.from(`x${text}`)].map((byte) =>
        detector.push('body', Uint8Array.of(byte)),
      );
      expect(found.some((one) => one !== undefined)).toBe(
        text === token || text === token.slice(20),
      );
    }
  });

  it('that was seen once lets nothing more pass, on no channel, and is told once', () => {
    const detector = watched();
    expect(detector.push('a', Buffer.from(token))).toBeDefined();
    expect(detector.push('b', Buffer.from('harmless'))).toMatchObject({ name: 'canary' });
    expect(detector.seen).toHaveLength(1);
  });

  it('counts before a placeholder that stands in front of it', () => {
    expect(watched().push('a', Buffer.from(`${placeholder.parts[0]} ${token}`))).toMatchObject({
      name: 'canary',
    });
  });

  it('is not put together from two channels, nor across the end of one', () => {
    const detector = watched();
    expect(detector.push('a', Buffer.from(token.slice(0, 15)))).toBeUndefined();
    expect(detector.push('b', Buffer.from(token.slice(15, 30)))).toBeUndefined();
    detector.forget('a');
    expect(detector.push('a', Buffer.from(token.slice(15, 30)))).toBeUndefined();
  });

  it('is other in every run, and looks like the key of a cloud', () => {
    const one = canaryFrom(randomBytes(56));
    const two = canaryFrom(randomBytes(56));
    expect(one.parts).not.toEqual(two.parts);
    expect(one.env.PROD_ADMIN_TOKEN).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(Buffer.from(one.file.bytes).toString()).toMatch(
      /^\[prod-admin\]\naws_access_key_id = AKIA[A-Z2-7]{16}\naws_secret_access_key = [A-Za-z0-9]{40}\n$/,
    );
  });
});

describe('what is no leak', () => {
  it('is let pass: any bytes, in any parts', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (parts) => {
        const detector = watched();
        expect(
          parts.map((part) => detector.push('body', part)).filter((one) => one !== undefined),
        ).toEqual([]);
      }),
    );
  });
});

describe('any text around it', () => {
  it('hides it in no place and no cut', () => {
    const anyWay = fc.constantFrom(...ways.map(([, written]) => Buffer.from(written)));
    const cuts = fc.array(fc.nat({ max: 1_500 }), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        anyWay,
        fc.uint8Array({ maxLength: 400 }),
        cuts,
        (before, way, after, at) => {
          const all = Buffer.concat([before, way, after]);
          const ends = [...at.filter((cut) => cut < all.length), all.length].sort((a, b) => a - b);
          const detector = watched();
          const found = ends.map((end, i) =>
            detector.push('body', all.subarray(ends[i - 1] ?? 0, end)),
          );
          expect(found.find((one) => one !== undefined)?.name).toBe('canary');
        },
      ),
    );
  });

  it('is no second leak, when a placeholder stood at the end of what was said before', () => {
    const detector = watched();
    expect(detector.push('head', Buffer.from(`Bearer ${placeholder.parts[0]}`))).toMatchObject({
      name: 'CRM_TOKEN',
    });
    expect(detector.push('head', Buffer.from('GET / HTTP/1.1'))).toBeUndefined();
    expect(detector.push('head', Buffer.from(`Bearer ${placeholder.parts[0]}`))).toMatchObject({
      name: 'CRM_TOKEN',
    });
  });

  it('and a placeholder in another form is seen by its name', () => {
    const written = Buffer.from(`x${placeholder.parts[0]}`).toString('base64');
    expect(watched().push('body', Buffer.from(written))).toEqual({
      name: 'CRM_TOKEN',
      encoding: 'base64',
    });
  });
});

describe('a placeholder that may stand where it stands', () => {
  const other = { name: 'BANK_TOKEN', parts: ['c0ffee11d00d2233feed4455beef6677'] };
  const own = placeholder.parts[0] ?? '';
  const stray = Buffer.from(other.parts[0] ?? '').toString('base64');

  it.each<[string, readonly string[], string | undefined]>([
    [`authorization\nBearer ${own}`, ['CRM_TOKEN'], undefined],
    [`authorization\nBearer ${own}\nx\n${stray}`, ['CRM_TOKEN'], 'BANK_TOKEN'],
    [`x\n${stray}\nauthorization\nBearer ${own}`, ['CRM_TOKEN'], 'BANK_TOKEN'],
    [`authorization\nBearer ${own}\nx\n${hex(token)}`, ['CRM_TOKEN'], 'canary'],
    [`authorization\nBearer ${own}`, [], 'CRM_TOKEN'],
  ])('%j with %j allowed: %s is found', (head, allowed, found) => {
    const detector = leakDetector([placeholder, other, canary], () => undefined);
    expect(detector.push('head', Buffer.from(head), allowed)?.name).toBe(found);
  });
});
