/**
 * Handles one request of the sandbox, whatever its version of HTTP: judges the request, asks a
 * person where a rule says so, and passes the request on.
 */
import type { Duplex } from 'node:stream';
import { type Denial, denialBody } from '../../skills-index/run/egress/denial.ts';
import {
  type Allowed,
  type EgressRequest,
  judgeRequest,
  readName,
} from '../../skills-index/run/egress/egress-judge.ts';
import { droppedHeaders, withNames } from '../../skills-index/run/egress/forwarded-headers.ts';
import { fitsType, needsWholeBody } from '../../skills-index/run/egress/secret-use.ts';
import { shownRequest } from '../../skills-index/run/holds/hold-action.ts';
import type { AllowedRequest } from './accounts.ts';
import { type Outgoing, RequestBody } from './forward.ts';
import { wholeRequest } from './held-request.ts';
import type { Traffic } from './traffic.ts';

/**
 * Bytes of a body that the proxy reads before the proxy sends the request. The proxy judges a
 * longer body piece by piece.
 */
const egressFirstBytesMax = 64 * 1024;

/** A request as it arrived, and the ways to answer it. */
export interface SandboxRequest extends EgressRequest {
  readonly pieces: AsyncIterable<Buffer>;
  /** Whether the host may answer before the body ends, so that nothing is read ahead. */
  readonly streams?: boolean;
  /** Closes when the client hangs up. */
  readonly client: Duplex;
  /** Whether nobody takes an answer any more. */
  isGone(): boolean;
  /** Tells a client that waits for it to send the body (RFC 9110 §10.1.1). */
  goOn(): void;
  /** Answers with a denial, where no answer has begun; otherwise cuts the answer. */
  refuse(why: Denial, body: string): void;
  /** Passes the request to its host, and the answer back. Returns why either was cut short. */
  pass(outgoing: Outgoing): Promise<Denial | undefined>;
}

/** Handles a request to its end. Rejects after an unexpected error, which ends the run. */
export async function handleRequest(traffic: Traffic, request: SandboxRequest): Promise<void> {
  const { client, headers, method, target, upgrades = false } = request;
  const decision = judgeRequest(request, traffic.rules);
  const refuse = (why: Denial): void => {
    traffic.accounts.deny(method, decision, why);
    const { host, port } = decision;
    const isUndeclared = decision.kind === 'allowed' && decision.undeclared?.why === why;
    request.refuse(why, denialBody(why, `${method} ${host}:${port}${decision.path}`, isUndeclared));
  };
  const secrets = decision.kind === 'denied' ? [] : decision.secrets.map(({ name }) => name);
  const head = Buffer.from([method, target, ...headers.flat()].join('\n'), 'latin1');
  const leak = traffic.accounts.whyLeaks('head', head, secrets);
  if (decision.kind === 'denied') return refuse(decision.why);
  if (leak !== undefined) return refuse(leak);
  if (decision.expects) request.goOn();
  const headerNamed = (wanted: string): string | undefined =>
    headers.find(([name]) => readName(name) === wanted)?.[1];
  const coding = headerNamed('content-encoding') ?? 'identity';
  const type = headerNamed('content-type') ?? '';
  // No secret is put into a compressed body. Uploads and gRPC have other types, and stream.
  const forBody =
    coding === 'identity' ? decision.forBody.filter((one) => fitsType(one, type)) : [];
  const body = new RequestBody(traffic, request.pieces, { ...decision, forBody });
  try {
    const isWhole =
      coding !== 'identity' || forBody.length > 0 || decision.secrets.some(needsWholeBody);
    const first = request.streams === true ? 0 : egressFirstBytesMax;
    const held = await body.readAhead(isWhole ? Number.POSITIVE_INFINITY : first);
    if (coding !== 'identity' && body.ended) body.searchUnpacked(held, coding);
    const inBody = forBody.length > 0 && body.ended ? body.placed() : [];
    if (body.why !== undefined) return refuse(body.why);
    if (body.broken || client.destroyed) return;
    // A body that is not read whole is as long as Content-Length says. Without Content-Length the
    // body counts as longer than any limit.
    const length = body.ended ? held.length : Number(headerNamed('content-length') ?? Number.NaN);
    const shown = shownRequest(
      withNames(target, decision.secrets),
      head.length + length,
      body.ended ? held : undefined,
      upgrades,
    );
    const outgoing = (): Outgoing => ({
      decision,
      method,
      headers,
      body,
      held: body.held,
      ended: body.ended,
      inBody,
    });
    const whole: AllowedRequest['whole'] = (action) =>
      wholeRequest(traffic, outgoing(), head.length, action);
    const refused = await traffic.accounts.admit(
      {
        method,
        place: { ...decision, path: withNames(decision.path, decision.secrets) },
        head: head.length,
        shown,
        secrets: [...secrets, ...inBody.map(({ name }) => name)],
        dropped: droppedHeaders({ decision, headers, method }),
        whole,
        asks: decision.undeclared?.asks,
      },
      client,
    );
    if (refused !== undefined)
      return body.broken ? undefined : refuse(body.why ?? whyRefused(refused, decision));
    const why = await request.pass(outgoing());
    // A client that hung up gets no response, and the audit log has the client's request already.
    if (why !== undefined && !request.isGone()) refuse(why);
  } finally {
    body.release();
  }
}

// What no rule allows is denied for that, where the agent did not ask for it.
function whyRefused(refused: Denial, { undeclared }: Allowed): Denial {
  return undeclared?.asks === '' && refused === 'unasked' ? undeclared.why : refused;
}
