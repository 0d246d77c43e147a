/** Passes bytes on between the sandbox and a host, where the proxy reads no protocol. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Denial } from '../../skills-index/run/egress/denial.ts';
import { egressAnswerSecondsMax } from './forward.ts';
import type { Traffic } from './traffic.ts';

/** Bytes that a client may send ahead while somebody is asked. */
const earlyBytesMax = 1024 * 1024;

/** Reads on while somebody is asked: only a reader notices that the client hangs up. */
export async function whileWatched<Value>(
  client: Duplex,
  work: () => Promise<Value>,
): Promise<Value> {
  const early: Buffer[] = [];
  let bytes = 0;
  const read = (): void => {
    while (bytes < earlyBytesMax) {
      const chunk = client.read() as Buffer | null;
      if (chunk === null) break;
      early.push(chunk);
      bytes += chunk.length;
    }
  };
  const end = (): void => void client.destroy();
  client.on('readable', read).on('end', end);
  read();
  try {
    return await work();
  } finally {
    client.off('readable', read).off('end', end);
    if (bytes > 0 && !client.destroyed) client.unshift(Buffer.concat(early));
  }
}

/**
 * Counts what passes, and ends both sides at a secret or at a limit.
 * @param refuse records why the client is cut off, and ends it
 */
export function relay(
  { accounts }: Pick<Traffic, 'accounts'>,
  client: Duplex,
  host: Socket,
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
  // How a host ends what it took is no denial. Within TLS a reset does not look like an end.
  host.on('error', () => client.destroy()).on('close', () => client.end());
  client.on('close', () => host.destroy());
  // A host may never end its side for a client that is gone. Another one still waits for answers.
  const limit = (): void => {
    host.setTimeout(egressAnswerSecondsMax * 1000, () => {
      client.destroy();
      host.destroy();
    });
  };
  if (client.readableEnded) limit();
  else client.on('end', limit);
  if (client.destroyed) return void host.destroy();
  client.pipe(host).pipe(client);
}
