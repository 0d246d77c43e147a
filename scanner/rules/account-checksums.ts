/**
 * Whether a word is the number of an account, by the checksum in it. A form without a checksum is
 * noise: minified programs have thousands of such words.
 */
import { createHash } from 'node:crypto';

/** The number of a bank account with a valid checksum, with or without spaces (ISO 13616). */
export function isIban(written: string): boolean {
  const account = written.replaceAll(' ', '');
  if (account.length !== lengths.get(account.slice(0, 2))) return false;
  const turned = `${account.slice(4)}${account.slice(0, 4)}`;
  let rest = 0;
  for (const sign of turned) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value < 10 ? 10 : 100) + value) % 97;
  }
  // Zeros alone make a valid number of no bank.
  return rest === 1 && !/^.{4}0+$/.test(account);
}

/** The beginning of a text that is as long as the numbers of its country are, without spaces. */
export function ibanIn(text: string): string {
  const length = lengths.get(text.slice(0, 2)) ?? 0;
  let signs = 0;
  let end = 0;
  while (end < text.length && signs < length) if (text[end++] !== ' ') signs++;
  return text.slice(0, end);
}

// The IBAN registry of SWIFT.
const lengths: ReadonlyMap<string, number> = new Map(
  (
    'NO15 BE16 DK18 FI18 FO18 GL18 NL18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 XK20 CH21 HR21 LI21 ' +
    'LV21 BG22 BH22 CR22 DE22 GB22 GE22 IE22 ME22 RS22 AE23 GI23 IL23 AD24 CZ24 ES24 MD24 PK24 RO24 ' +
    'SA24 SE24 SK24 TN24 VG24 PT25 IS26 TR26 FR27 GR27 IT27 MC27 SM27 AL28 AZ28 CY28 DO28 GT28 HU28 ' +
    'LB28 PL28 BR29 EG29 QA29 UA29 JO30 KW30 MU30 MT31'
  )
    .split(' ')
    .map((row) => [row.slice(0, 2), Number(row.slice(2))]),
);

/** An address with a valid checksum in Bech32 or Bech32m (BIP 173, BIP 350). */
export function isBech32(address: string): boolean {
  const at = address.lastIndexOf('1');
  const prefix = [...address.slice(0, at)].map((sign) => sign.charCodeAt(0));
  const data = [...address.slice(at + 1)].map((sign) => bech32Signs.indexOf(sign));
  if (data.includes(-1)) return false;
  const sum = bech32Sum([
    ...prefix.map((code) => code >> 5),
    0,
    ...prefix.map((code) => code & 31),
    ...data,
  ]);
  return sum === bech32 || sum === bech32m;
}

const bech32Signs = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const bech32 = 1;
const bech32m = 0x2bc8_30a3;
const bech32Parts = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];

function bech32Sum(values: readonly number[]): number {
  return values.reduce((sum, value) => {
    const next = ((sum & 0x1ff_ffff) << 5) ^ value;
    return bech32Parts.reduce(
      (mixed, part, i) => (((sum >> 25) >> i) & 1 ? mixed ^ part : mixed),
      next,
    );
  }, 1);
}

/** An address of 25 bytes with a valid checksum in Base58Check, as Bitcoin and others have. */
export function isBase58Check(address: string): boolean {
  let number = 0n;
  for (const sign of address) {
    const value = base58Signs.indexOf(sign);
    if (value < 0) return false;
    number = number * 58n + BigInt(value);
  }
  const hex = number.toString(16).padStart(2 * addressBytes, '0');
  if (hex.length > 2 * addressBytes) return false;
  const bytes = Buffer.from(hex, 'hex');
  return sha256(sha256(bytes.subarray(0, -4)))
    .subarray(0, 4)
    .equals(bytes.subarray(-4));
}

const base58Signs = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const addressBytes = 25;

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
