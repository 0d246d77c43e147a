/** Passes bytes on between the sandbox and a host, where the proxy reads no protocol. */
import type { Duplex } from 'node:stream';
import type { Denial } from '../../skills-index/run/egress/denial.ts';
import type { Traffic } from './traffic.ts';

/**
 * Counts what passes, and ends both sides at a secret or at a limit.
 * @param refuse records why the client is cut off, and ends it
 */
export function relay(
  { accounts }: Pick<Traffic, 'accounts'>,
  client: Duplex,
  host: Duplex,
  refuse: (why: Denial) => void,
): void {
  const stop = (reason: Denial | undefined): void => {
    if (reason === undefined) return;
    if (!client.destroyed) refuse(reason);
    host.destroy();
  };
  // Listen before calling `pipe`, so that denied bytes never reach the host.
  client.on('data', (chunk: Buffer) =>
    stop(accounts.whyLeaks('tunnel', chunk) ?? accounts.countSent(chunk.length)),
  );
  host.on('data', (chunk: Buffer) => stop(accounts.countReceived(chunk.length)));
  // How a host ends what it took is no denial; a reset must not look like a whole answer.
  host.on('error', () => client.destroy()).on('close', () => client.end());
  client.on('close', () => host.destroy());
  if (client.destroyed) return void host.destroy();
  client.pipe(host).pipe(client);
}
