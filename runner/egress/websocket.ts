/**
 * Passes a WebSocket through the egress proxy. The proxy searches each frame for secrets before the
 * frame goes on, in either direction.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Denial, denialOfFailure } from '../../skills-index/run/egress/denial.ts';
import {
  judgeFrames,
  serverFrame,
  type WebSocketFrame,
  WebSocketFrameReader,
} from '../../skills-index/run/egress/websocket-frames.ts';
import { type Outgoing, openRequest, passHeaders } from './forward.ts';
import type { Traffic } from './traffic.ts';

/**
 * Passes frames on until the client or the host ends the connection. Returns a reason when the
 * proxy ended the connection.
 */
export async function forwardWebSocket(
  traffic: Traffic,
  outgoing: Outgoing,
  response: ServerResponse,
): Promise<Denial | undefined> {
  const { accounts } = traffic;
  const client = response.socket;
  if (client === null) return 'unreachable';
  const upstream = openRequest(traffic, outgoing, response);
  if (upstream === undefined) return 'secret-unbound';
  try {
    const [answer, host, head] = await new Promise<[IncomingMessage, Duplex, Buffer]>(
      (resolve, reject) => {
        upstream.on('upgrade', (...all) => resolve(all)).on('error', reject);
        upstream.on('response', () =>
          reject(Object.assign(new Error('no WebSocket'), { code: 'HPE_NO_UPGRADE' })),
        );
        upstream.end();
      },
    );
    response.setHeader('Connection', 'Upgrade').setHeader('Upgrade', 'websocket');
    passHeaders(answer, response, (text) => withoutValues(traffic, outgoing, text));
    response.flushHeaders();
    response.detachSocket(client);
    upstream.setTimeout(0);
    host.unshift(head);
    return await new Promise((resolve) => {
      const end = (why?: Denial): void => {
        for (const side of [client, host]) side.destroy();
        resolve(why);
      };
      const out = (frame: WebSocketFrame): Buffer | Denial =>
        accounts.whyLeaks('websocket', frame.payload) ??
        accounts.countSent(frame.bytes.length) ??
        frame.bytes;
      const back = ({ first, payload }: WebSocketFrame): Buffer | Denial =>
        accounts.countReceived(payload.length) ??
        serverFrame(
          first,
          Buffer.from(withoutValues(traffic, outgoing, payload.toString('latin1')), 'latin1'),
        );
      pass(client, host, out, end, 'malformed');
      pass(host, client, back, end, 'answer-malformed');
    });
  } catch (cause) {
    return denialOfFailure(cause);
  } finally {
    upstream.destroy();
  }
}

type End = (why?: Denial) => void;

function pass(
  from: Duplex,
  to: Duplex,
  judge: (frame: WebSocketFrame) => Buffer | Denial,
  end: End,
  odd: Denial,
): void {
  const how = { odd, reader: new WebSocketFrameReader(), isClient: odd === 'malformed' };
  from.on('data', (chunk: Buffer) => {
    const { parts, why } = judgeFrames(how, chunk, judge);
    if (parts.length > 0 && !to.write(Buffer.concat(parts))) from.pause();
    if (why !== undefined) end(why);
  });
  to.on('drain', () => from.resume());
  for (const event of ['end', 'error', 'close']) from.on(event, () => end());
}

function withoutValues(traffic: Traffic, { decision }: Outgoing, text: string): string {
  const filter = traffic.redaction().start();
  const shown = filter.push(text) + filter.end();
  traffic.accounts.redacted(filter.found, decision.host);
  return shown;
}
