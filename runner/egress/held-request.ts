/**
 * Reads a held request whole before an approver is asked, so that the approver sees exactly the
 * bytes that would leave.
 */
import { shownHeaders, withNames } from '../../skills-index/run/egress/forwarded-headers.ts';
import {
  codingOf,
  readableText,
  writeHeldRequest,
} from '../../skills-index/run/holds/held-request.ts';
import type { GatedAction, WholeAction } from '../../skills-index/run/holds/hold.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { Outgoing } from './forward.ts';
import type { Traffic } from './traffic.ts';
import { unpack } from './unpack.ts';

type Request = Extract<GatedAction, { kind: 'egress' }>;

/** Bytes of a body that are shown as text in the hold. */
const firstBytes = 64 * 1024;

/**
 * Adds the whole body and every outgoing header to an action. Returns undefined when the body was
 * denied or cut off.
 * @param head bytes of the request line and headers as the client sent them
 */
export async function wholeRequest(
  { rules }: Pick<Traffic, 'rules'>,
  outgoing: Outgoing,
  head: number,
  action: Request,
): Promise<WholeAction | undefined> {
  const { body, decision, method } = outgoing;
  const held = await body.readAhead(Number.POSITIVE_INFINITY);
  if (!body.ended || body.why !== undefined) return undefined;
  const named = withNames(held.toString('latin1'), outgoing.inBody ?? []);
  const shown = Buffer.from(named, 'latin1');
  const headers = shownHeaders({ ...outgoing, held, ended: true }, rules.secrets.length > 0);
  const request = writeHeldRequest({
    line: `${method} ${withNames(decision.target, decision.secrets)} HTTP/1.1`,
    headers,
    body: shown,
  });
  const inside = unpack(shown, codingOf(headers));
  const text = inside && readableText(inside.subarray(0, firstBytes), inside.length > firstBytes);
  const known = {
    ...(action.opens === undefined ? { bytes: head + held.length } : {}),
    ...(held.length === 0 ? {} : { body: digestOf(held), ...(text === undefined ? {} : { text }) }),
  };
  return { action: { ...action, ...known, headers, request: digestOf(request) }, request };
}
