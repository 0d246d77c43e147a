/** Lists of IP addresses and networks, as an operator writes them. */
import { BlockList, isIP } from 'node:net';

export interface Networks {
  includes(address: string): boolean;
}

/**
 * Parses addresses such as `127.0.0.1`, and networks such as `10.0.0.0/8` or `fd00::/8`.
 * @param refuse throws for an entry that is neither; `isEverybody` for a network of all addresses
 */
export function parseNetworks(
  entries: readonly string[],
  refuse: (entry: string, isEverybody: boolean) => never,
): Networks {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/');
    const family = isIP(address);
    const bitsMax = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? bitsMax : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (family === 0 || rest.length > 0 || prefix < 1 || prefix > bitsMax)
      refuse(entry, prefix === 0);
    lists[family === 4 ? 4 : 6].addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  return {
    includes: (text) => {
      const address = plainAddress(text);
      const family = isIP(address);
      return family === 4
        ? lists[4].check(address, 'ipv4')
        : family === 6 && lists[6].check(address, 'ipv6');
    },
  };
}

/** An address without its zone. A socket for both families shows an IPv4 client as IPv6. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.split('%')[0] ?? address;
}
