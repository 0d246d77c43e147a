/**
 * Whether an address is plain HTTP on this machine. `NAME.localhost` is left out: a resolver may
 * ask the network for such a name.
 */
export function isLoopbackUrl({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
