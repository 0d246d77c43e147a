import { Problem } from '../../skills-index/skill/problem.ts';
import { isLoopbackUrl } from '../loopback-url.ts';

/**
 * The collector of traces that the operator named.
 * @param url the base address of OTLP, or the address for traces, which ends in `/v1/traces`
 * @param headers `name=value` pairs with commas between them, the values percent-encoded, as the
 * environment variable of OpenTelemetry has them
 * @throws Problem `usage`
 */
export function tracesOf(url: string | undefined, headers = '') {
  if (url === undefined) return undefined;
  const parsed = URL.parse(url);
  // A query may be a key of the collector.
  const hasKey = `${headers}${parsed?.search ?? ''}` !== '';
  const isSafe = (to: URL): boolean =>
    to.protocol === 'https:' || isLoopbackUrl(to) || (to.protocol === 'http:' && !hasKey);
  if (parsed === null || `${parsed.username}${parsed.password}` !== '' || !isSafe(parsed))
    throw new Problem('usage', 'Cannot send traces to the address in the setting traces', {
      hint: 'write https://HOST, without a user name: a key belongs in OTEL_EXPORTER_OTLP_HEADERS. http://HOST:4318 takes neither headers nor a query, because a key never goes over plain HTTP to another machine',
    });
  const path = parsed.pathname.replace(/\/+$/, '');
  if (!path.endsWith(tracesPath)) parsed.pathname = `${path}${tracesPath}`;
  return { url: parsed.href, headers: parseHeaders(headers) };
}

/** What OTLP over HTTP appends to a base address. */
const tracesPath = '/v1/traces';

function parseHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  try {
    const parsed = pairs.map((pair): [string, string] => {
      const at = pair.indexOf('=');
      if (at < 1) throw new TypeError('a pair has no name');
      return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
    });
    new Headers(parsed);
    return Object.fromEntries(parsed);
  } catch (cause) {
    throw new Problem('usage', 'Cannot read the headers in OTEL_EXPORTER_OTLP_HEADERS', {
      hint: 'write name=value, with commas between pairs and values percent-encoded',
      cause,
    });
  }
}
