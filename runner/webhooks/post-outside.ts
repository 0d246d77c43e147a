/**
 * Sends a request from this host to an address that an operator configured. The name is resolved
 * once, and only a pin in host policy leads to a private address.
 */
import { lookup as lookupName } from 'node:dns/promises';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isHostName } from '../../skills-index/network/host-name.ts';
import { addressClass } from '../../skills-index/network/network-address.ts';
import type { PinnedAddress } from '../../skills-index/run/plan/plan.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { UpstreamProxy } from '../egress/settings.ts';

export interface OutgoingPost {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Resolves a name to all of its addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * Sends a POST request and returns the status; the response body is not read.
 * @param pins `hosts` of host policy
 * @param proxy of host policy
 * @throws Problem `registry-down` when the request could not be sent
 */
export async function postOutside(
  address: string,
  { body, headers, signal }: OutgoingPost,
  pins: Readonly<Record<string, PinnedAddress>>,
  resolve: Resolve = resolveName,
  proxy?: UpstreamProxy,
): Promise<number> {
  const url = new URL(address);
  const pin = Object.hasOwn(pins, url.hostname) ? pins[url.hostname] : undefined;
  if (url.protocol !== 'https:' && pin === undefined)
    throw refused(url, 'its address is not https, and host policy does not pin its name');
  const judge = () => addressFor(url, pin, resolve);
  const isName = pin === undefined && isHostName(url.hostname);
  const agent = (isName && proxy?.({}, judge).wayTo(url.hostname)?.agent) || false;
  // Only a direct connection asks for the address.
  const { family, ip } = agent ? { family: 4, ip: '' } : await judge();
  const lookup: LookupFunction = (_, { all }, done) =>
    all ? done(null, [{ address: ip, family }]) : done(null, ip, family);
  const request = url.protocol === 'https:' ? tlsRequest : plainRequest;
  const port = pin?.port ?? (url.port === '' ? undefined : Number(url.port));
  return await new Promise((done, fail) => {
    const sent = request(url, {
      method: 'POST',
      headers,
      signal,
      lookup,
      agent,
      ...(port === undefined ? {} : { port }),
    });
    sent.on('error', (cause) =>
      fail(cause instanceof Problem ? cause : refused(url, cause.message)),
    );
    sent.on('response', (response) => {
      response.destroy();
      done(response.statusCode ?? 0);
    });
    sent.end(body);
  });
}

async function addressFor(
  url: URL,
  pin: PinnedAddress | undefined,
  resolve: Resolve,
): Promise<{ ip: string; family: number }> {
  if (pin !== undefined) return { ip: pin.address, family: isIP(pin.address) };
  const found = await resolve(url.hostname.replace(/^\[|\]$/g, ''));
  const inside = found.find((address) => addressClass(address) !== 'public');
  const [first] = found;
  if (first === undefined || inside !== undefined)
    throw refused(
      url,
      inside === undefined
        ? 'its name has no address'
        : `its name resolves to ${inside}, which is not public`,
    );
  return { ip: first, family: isIP(first) };
}

async function resolveName(host: string): Promise<string[]> {
  return (await lookupName(host, { all: true })).map(({ address }) => address);
}

// Name only the host: the path of a webhook may be a secret.
function refused(url: URL, why: string): Problem {
  return new Problem('registry-down', `Cannot send to ${url.host}: ${why}`);
}
