/**
 * Answers questions for host names inside a sandbox (RFC 1035). Each name gets a loopback address
 * of its own, so that a later connection tells which name it was meant for.
 */

export interface DnsQuestion {
  readonly name: string;
  readonly type: number;
}

const typeA = 1;
const typeText = 16;

/** Parses the one question of a query; undefined for anything else. */
export function parseQuestion(query: Buffer): DnsQuestion | undefined {
  if (query.length < 17 || query.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = 12;
  for (;;) {
    const length = query[at];
    if (length === undefined || length > 63) return undefined;
    at += 1;
    if (length === 0) break;
    if (at + length >= query.length) return undefined;
    labels.push(query.toString('latin1', at, at + length));
    at += length;
  }
  if (at + 4 > query.length) return undefined;
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at) };
}

/**
 * @param addressOf returns the address for a name
 * @returns the answer to a query; undefined for a query that is not one question
 */
export function answerQuery(
  query: Buffer,
  addressOf: (name: string) => string,
): { readonly question: DnsQuestion; readonly answer: Buffer } | undefined {
  const question = parseQuestion(query);
  if (question === undefined) return undefined;
  const end = 12 + Buffer.byteLength(question.name, 'latin1') + (question.name === '' ? 1 : 2) + 4;
  const data = dataOf(question, addressOf);
  const head = Buffer.from(query.subarray(0, 12));
  head.writeUInt16BE(0x81_80, 2);
  head.writeUInt16BE(data === undefined ? 0 : 1, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  const parts = [head, query.subarray(12, end)];
  if (data !== undefined) {
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc0_0c, 0);
    record.writeUInt16BE(question.type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(60, 6);
    record.writeUInt16BE(data.length, 10);
    parts.push(record, data);
  }
  return { question, answer: Buffer.concat(parts) };
}

function dataOf({ name, type }: DnsQuestion, addressOf: (name: string) => string) {
  if (type === typeA) return Buffer.from(addressOf(name).split('.').map(Number));
  if (type !== typeText) return undefined;
  const text = Buffer.from('v=spf1 -all');
  return Buffer.concat([Buffer.from([text.length]), text]);
}

/** Gives names loopback addresses, and finds the name of an address again. */
export class NamedAddresses {
  readonly #addresses = new Map<string, string>();
  readonly #names = new Map<string, string>();

  addressOf(name: string): string {
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    const number = (this.#addresses.size % 60_000) + 1;
    const address = `127.64.${number >> 8}.${number & 255}`;
    this.#addresses.set(name, address);
    this.#names.set(address, name);
    return address;
  }

  nameOf(address: string): string {
    return this.#names.get(address) ?? address;
  }
}
