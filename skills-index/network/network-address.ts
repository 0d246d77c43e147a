/**
 * Classifies IP addresses by their network (IANA special-purpose registries). IPv4 addresses inside
 * IPv6 addresses are classified, too.
 */

export type AddressClass =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'metadata'
  | 'cgnat'
  | 'multicast'
  | 'reserved'
  | 'invalid';

/**
 * The first network in this table that contains an address decides the address's class. Single
 * addresses of cloud metadata services stand before the networks that contain them.
 */
const v4Table = [
  ['169.254.169.254/32', 'metadata'],
  ['169.254.169.253/32', 'metadata'],
  ['169.254.169.123/32', 'metadata'],
  ['169.254.170.2/32', 'metadata'],
  ['169.254.170.23/32', 'metadata'],
  ['100.100.100.200/32', 'metadata'],
  ['168.63.129.16/32', 'metadata'],
  ['192.0.0.192/32', 'metadata'],
  ['0.0.0.0/8', 'reserved'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'cgnat'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'reserved'],
  ['192.88.99.0/24', 'reserved'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'reserved'],
  ['198.51.100.0/24', 'reserved'],
  ['203.0.113.0/24', 'reserved'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
  ['0.0.0.0/0', 'public'],
] as const satisfies readonly (readonly [string, AddressClass])[];

/**
 * A network of class `v4@N` has the class of the IPv4 address that begins at byte N. `tunnel@N`
 * means the same, but is never `public`, because such tunnels are retired.
 */
const v6Table = [
  ['::1/128', 'loopback'],
  ['::/128', 'reserved'],
  ['fd00:ec2::254/128', 'metadata'],
  ['fd20:ce::254/128', 'metadata'],
  ['::ffff:0:0/96', 'v4@12'],
  ['::ffff:0:0:0/96', 'v4@12'],
  ['64:ff9b::/96', 'v4@12'],
  ['64:ff9b:1::/48', 'private'],
  ['::/96', 'tunnel@12'],
  ['2002::/16', 'tunnel@2'],
  ['2001::/23', 'reserved'],
  ['2001:db8::/32', 'reserved'],
  ['3fff::/20', 'reserved'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'private'],
  ['ff00::/8', 'multicast'],
  ['2000::/3', 'public'],
  ['::/0', 'reserved'],
] as const satisfies readonly (readonly [string, string])[];

/**
 * The class of an address in text form. A text that is not a plain IPv4 or IPv6 address (zones,
 * ports, octal parts) has the class `invalid`.
 */
export function addressClass(ip: string): AddressClass {
  const v4 = parseV4(ip);
  if (v4 !== undefined) return classOfV4(v4);
  const v6 = parseV6(ip);
  return v6 === undefined ? 'invalid' : classOfV6(v6);
}

function classOfV4(address: readonly number[]): AddressClass {
  return v4Networks.find(([network]) => within(address, network))?.[1] ?? 'invalid';
}

function classOfV6(address: readonly number[]): AddressClass {
  const found = v6Networks.find(([network]) => within(address, network))?.[1] ?? 'invalid';
  // Teredo addresses (RFC 4380) contain an inverted IPv4 address. The inverted address needs no
  // check, because the whole Teredo network is reserved.
  if (found === 'v4@12') return classOfV4(address.slice(12));
  if (found === 'tunnel@12') return neverPublic(classOfV4(address.slice(12)));
  if (found === 'tunnel@2') return neverPublic(classOfV4(address.slice(2, 6)));
  return found;
}

function neverPublic(found: AddressClass): AddressClass {
  return found === 'public' ? 'reserved' : found;
}

interface Network {
  readonly address: readonly number[];
  readonly bits: number;
}

const v4Networks = v4Table.map(([text, kind]) => [parseNetwork(text), kind] as const);
const v6Networks = v6Table.map(([text, kind]) => [parseNetwork(text), kind] as const);

function parseNetwork(text: string): Network {
  const [address = '', bits] = text.split('/');
  return { address: parseV4(address) ?? parseV6(address) ?? [], bits: Number(bits) };
}

function within(address: readonly number[], { address: network, bits }: Network): boolean {
  return network.every((byte, index) => {
    const mask = 0xff00 >> Math.min(8, Math.max(0, bits - index * 8));
    return ((address[index] ?? -1) & mask & 0xff) === (byte & mask & 0xff);
  });
}

function parseV4(text: string): number[] | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  return parts.every((part) => part <= 255) ? parts : undefined;
}

function parseV6(text: string): number[] | undefined {
  if (text.length > 45 || !/^[0-9a-f:.]+$/i.test(text)) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '', halves.length === 1);
  const tail = groups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

// Converts an address's groups of 16 bits to bytes. The last group may be a dotted IPv4 address.
function groups(text: string, mayEndInV4: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const bytes = parts.map((part, index) => {
    if (mayEndInV4 && index === parts.length - 1 && part.includes('.')) return parseV4(part);
    if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
    const value = Number.parseInt(part, 16);
    return [value >> 8, value & 0xff];
  });
  return bytes.includes(undefined) ? undefined : bytes.flatMap((part) => part ?? []);
}
