/** The reasons for which the proxy denies a sandbox's request or connection. */
import type { GateAnswer } from '../holds/hold.ts';

/**
 * The reasons for which a request is denied: the word in the audit log, the HTTP status that the
 * sandbox gets, and an explanation.
 */
export const denials = {
  malformed: { status: 400, means: 'it is not HTTP/1.1 in one clear reading' },
  'bad-target': { status: 400, means: 'its target is not http://name/path in plain form' },
  'bad-path': { status: 400, means: 'its path could be read in two ways' },
  'bad-host': { status: 403, means: 'its host is no DNS name' },
  'host-mismatch': { status: 421, means: 'its Host header names another host' },
  'host-denied': {
    status: 403,
    means: 'no egress to this host was approved and granted, or plain HTTP is not pinned',
  },
  'port-denied': { status: 403, means: 'this port is not allowed' },
  'method-denied': { status: 405, means: 'this method is not allowed' },
  'path-denied': { status: 403, means: 'this path is not allowed' },
  'secret-unbound': { status: 403, means: 'a secret stands where it is not bound' },
  'upgrade-denied': { status: 403, means: 'it asks for another protocol' },
  'too-large': { status: 413, means: 'it is larger than a request may be' },
  'too-many': { status: 429, means: 'this run made as many requests as it may' },
  'too-much': { status: 429, means: 'this run sends more than it may' },
  pipelined: { status: 400, means: 'it was sent before the answer to the one before it' },
  nested: { status: 403, means: 'it asks for a tunnel inside a tunnel' },
  'answer-too-large': { status: 502, means: 'the answer is larger than it may be' },
  'answer-encoded': {
    status: 502,
    means: 'the answer is packed, so that an echoed secret could not be seen',
  },
  'answer-malformed': { status: 502, means: 'the answer is not HTTP/1.1 in one clear reading' },
  'not-tls': { status: 400, means: 'it is not TLS in one clear reading' },
  'sni-mismatch': { status: 421, means: 'TLS in it asks for another host, or names none' },
  'hidden-hello': { status: 403, means: 'TLS in it hides which host it asks for' },
  'tls-failed': {
    status: 400,
    means: 'its TLS failed: it does not take the certificate of this run, or speaks no HTTP/1.1',
  },
  'address-denied': { status: 403, means: 'the name leads to an address that is not public' },
  'certificate-denied': { status: 502, means: 'the certificate of the host does not hold' },
  'request-encoded': {
    status: 415,
    means: 'its body is packed in a way that cannot be looked through',
  },
  unrecorded: { status: 500, means: 'it could not be recorded' },
  canary: { status: 403, means: 'it carries the canary' },
  held: { status: 403, means: 'a person was to be asked, and did not allow it' },
  unasked: {
    status: 403,
    means:
      'a person would have to be asked, and nobody can be on this host: trying again does not change it',
  },
  'too-fast': { status: 429, means: 'this run makes more requests in a minute than it may' },
  'over-budget': { status: 429, means: 'the budget of this agent is used up' },
  unreachable: { status: 502, means: 'the host did not answer' },
} as const satisfies Record<string, { status: number; means: string }>;

export type Denial = keyof typeof denials;

/** Whether a text is one of the reasons in `denials`. */
export function isDenial(text: string): text is Denial {
  return Object.hasOwn(denials, text);
}

/** The next step for the operator, for each reason that needs more than a change to the plan. */
export const denialFixes: Readonly<Partial<Record<Denial, string>>> = {
  'host-denied':
    'egress to the host has to stand in the skill’s manifest, be approved, and be granted (skillgate agent grant); skillgate run --plan NAME shows what a run may ask',
  held: 'skillgate log --run RUN shows the hold and who answered',
  unasked:
    'name an approver in host.json (skillgate key create NAME --passphrase prints the line), or take the rule out of its holds',
  'over-budget':
    'skillgate agent list shows what is used; skillgate agent grant NAME --budget … raises it',
  'address-denied': 'a host inside is named in host.json under "hosts", with its address',
  unreachable: 'look whether this host reaches it; skillgate log --run RUN shows the request',
};

/** The HTTP answer to a connection on which the proxy has sent nothing yet. */
export function rawDenial(why: Denial): string {
  return `HTTP/1.1 ${denials[why].status} Denied\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
}

/**
 * The reason for bytes from a client that are not a valid request, by Node's error code. Undefined
 * when the client only hung up or was too slow.
 */
export function denialOfClient(code: string): Denial | undefined {
  // When the connection ends in the middle of a request, no request was made, so nothing is denied.
  if (code.startsWith('HPE_')) return code === 'HPE_INVALID_EOF_STATE' ? undefined : 'malformed';
  return /^(ERR_SSL|ERR_TLS|EPROTO)/.test(code) ? 'tls-failed' : undefined;
}

/** The reason for a failure on the way to a host, by Node's error code. */
export function denialOfFailure(cause: unknown): Denial {
  const { code = '' } = cause as { readonly code?: string };
  if (code === 'address-denied') return code;
  if (code.startsWith('HPE_') || code === 'ERR_INVALID_CHAR') return 'answer-malformed';
  return /CERT|UNABLE_TO|INVALID_CA|ERR_TLS/.test(code) ? 'certificate-denied' : 'unreachable';
}

/**
 * The reason for a request that a person did not allow; undefined when the person allowed the
 * request.
 */
export function denialOfHold(answer: GateAnswer): Denial | undefined {
  if (answer.kind === 'allowed') return undefined;
  return answer.code === 'hold-unsupported' ? 'unasked' : 'held';
}
