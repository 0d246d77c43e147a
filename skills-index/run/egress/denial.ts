/** The reasons for which the proxy denies a sandbox's request or connection. */
import type { GateAnswer } from '../holds/hold.ts';

/**
 * The reasons for which a request is denied: the word in the audit log, the HTTP status that the
 * sandbox gets, and an explanation.
 */
export const denials = {
  malformed: { status: 400, means: 'the request is not HTTP/1.1, or could be read in two ways' },
  'bad-target': { status: 400, means: 'the request’s target is not a plain http://name/path' },
  'bad-path': { status: 400, means: 'servers could read the request’s path in two ways' },
  'bad-host': { status: 403, means: 'the request’s host is not a DNS name' },
  'host-mismatch': {
    status: 421,
    means: 'the request’s Host header names another host than its target',
  },
  'host-denied': {
    status: 403,
    means:
      'no egress to this host was approved and granted, or host policy pins no address for plain HTTP',
  },
  'port-denied': { status: 403, means: 'the plan allows this host on other ports only' },
  'method-denied': { status: 405, means: 'the plan does not allow this method on this path' },
  'path-denied': { status: 403, means: 'the plan allows other paths of this host only' },
  'secret-unbound': {
    status: 403,
    means:
      'a secret’s placeholder stands in a place, or goes to a host, to which the secret is not bound',
  },
  'secret-expired': {
    status: 502,
    means: 'it is allowed, but its secret has expired, and the service gave no new token',
  },
  'secret-missing': {
    status: 403,
    means:
      'the placeholder of the host’s secret is missing where the plan demands it: in the path, or as the password of a database',
  },
  'upgrade-denied': {
    status: 403,
    means: 'the request asks to switch to a protocol other than WebSocket',
  },
  'too-large': {
    status: 413,
    means:
      'the body is larger than 8 MiB, and has to be seen whole: a person is asked, a secret stands in it or signs it, or it is compressed',
  },
  'too-many': { status: 429, means: 'the run has reached its limit of requests' },
  'too-much': {
    status: 429,
    means:
      'the run would send more bytes than its limit: 256 MiB, or less by "egress": {"sentBytes"} in host.json',
  },
  pipelined: { status: 400, means: 'the request was sent before the previous one was answered' },
  nested: { status: 403, means: 'the request asks for a tunnel inside a tunnel' },
  'answer-too-large': { status: 502, means: 'the host’s answer is larger than the limit' },
  'answer-encoded': {
    status: 502,
    means: 'the host’s answer is compressed, so the proxy could not find an echoed secret',
  },
  'answer-malformed': {
    status: 502,
    means:
      'the host does not speak the client’s protocol (HTTP/1.1, or HTTP/2 for a client that offers nothing else), or its answer could be read in two ways',
  },
  'not-tls': { status: 400, means: 'the connection does not begin with a valid TLS hello' },
  'sni-mismatch': {
    status: 421,
    means: 'the TLS hello names another host than the tunnel, or none',
  },
  'hidden-hello': {
    status: 403,
    means: 'the TLS hello hides the host’s name (Encrypted Client Hello)',
  },
  'tls-failed': {
    status: 400,
    means:
      'the TLS handshake failed: the client rejects the certificate of this run, or speaks neither HTTP/1.1 nor HTTP/2',
  },
  'address-denied': {
    status: 403,
    means: 'the host’s name resolves to an address that is not public',
  },
  'certificate-denied': { status: 502, means: 'the host’s certificate is not valid' },
  'request-encoded': {
    status: 415,
    means: 'the request’s body has an encoding that the proxy cannot decode',
  },
  unrecorded: { status: 500, means: 'the request could not be recorded in the audit log' },
  canary: {
    status: 403,
    means: 'the request contains the canary, a fake credential that no skill may send',
  },
  held: { status: 403, means: 'the request needs a person’s answer, and nobody allowed it' },
  unasked: {
    status: 403,
    means:
      'the request needs a person’s answer, and this host has no approver: trying again does not help',
  },
  'too-fast': { status: 429, means: 'the run has reached its limit of requests in a minute' },
  'over-budget': { status: 429, means: 'the agent’s budget for today is used up' },
  'package-malicious': {
    status: 403,
    means: 'an advisory of host policy names this package as malicious',
  },
  'package-young': {
    status: 403,
    means: 'the version of the package is younger than host policy allows',
  },
  'package-unlisted': { status: 403, means: 'the package index does not list this file' },
  'package-changed': {
    status: 502,
    means: 'the file has another digest than the package index says',
  },
  unreachable: { status: 502, means: 'it is allowed, but the host did not answer' },
  unresolved: {
    status: 502,
    means: 'it is allowed, but this machine finds no address for the host’s name',
  },
  'proxy-unreachable': {
    status: 502,
    means: 'it is allowed, but the proxy of host policy did not answer',
  },
  'proxy-tls': {
    status: 502,
    means: 'it is allowed, but the certificate of host policy’s proxy is not valid',
  },
  'proxy-login': {
    status: 502,
    means: 'it is allowed, but the proxy of host policy asks for a login, or for another one',
  },
  'proxy-denied': {
    status: 502,
    means: 'it is allowed, but the proxy of host policy does not let it through',
  },
  'proxy-malformed': {
    status: 502,
    means: 'it is allowed, but the proxy of host policy does not answer as a proxy does',
  },
} as const satisfies Record<string, { status: number; means: string }>;

export type Denial = keyof typeof denials;

/** The type of the body of the answer to a denied request (RFC 9457). */
export const denialType = 'application/problem+json';

/**
 * The body of the answer to a denied request, as problem details (RFC 9457).
 * @param mayAsk whether the agent may ask a person about the request
 */
export function denialBody(why: Denial, request: string, mayAsk: boolean): string {
  const problem = {
    title: 'Skillgate denied the request',
    status: denials[why].status,
    why,
    detail: denials[why].means,
    request,
    ...(mayAsk
      ? {
          ask: 'To ask a person, send the request again with the header "Skillgate-Ask: REASON". The person sees the whole request and your reason, and the request waits for the answer.',
        }
      : {}),
  };
  return `${JSON.stringify(problem)}\n`;
}

/** Whether a text is one of the reasons in `denials`. */
export function isDenial(text: string): text is Denial {
  return Object.hasOwn(denials, text);
}

/** The HTTP answer to a connection on which the proxy has sent nothing yet. */
export function rawDenial(why: Denial): string {
  return `HTTP/1.1 ${denials[why].status} Denied\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
}

/**
 * Returns the reason for bytes from a client that are not a valid request, by Node's error code.
 * Returns undefined when the client only hung up or was too slow.
 */
export function denialOfClient(code: string): Denial | undefined {
  // A connection that ends in the middle of a request made no request, so nothing is denied.
  if (code.startsWith('HPE_')) return code === 'HPE_INVALID_EOF_STATE' ? undefined : 'malformed';
  return /^(ERR_SSL|ERR_TLS|EPROTO)/.test(code) ? 'tls-failed' : undefined;
}

/** Returns the reason for a failure on the way to a host, by Node's error code. */
export function denialOfFailure(cause: unknown): Denial {
  const { code = '' } = cause as { readonly code?: string };
  if (isDenial(code)) return code;
  // A host that speaks HTTP/2 alone ends the handshake with this alert (RFC 7301 §3.2).
  if (/^HPE_|^ERR_INVALID_CHAR$|NO_APPLICATION_PROTOCOL/.test(code)) return 'answer-malformed';
  // Of getaddrinfo(3): there is no such name, or no name server answered.
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unresolved';
  return /CERT|UNABLE_TO|INVALID_CA|ERR_TLS/.test(code) ? 'certificate-denied' : 'unreachable';
}

/**
 * Returns the reason for a request that a person did not allow; undefined when the person allowed
 * the request.
 */
export function denialOfHold(answer: GateAnswer): Denial | undefined {
  if (answer.kind === 'allowed') return undefined;
  return answer.code === 'hold-unsupported' ? 'unasked' : 'held';
}
