import { Problem } from '../../skills-index/skill/problem.ts';

/**
 * The collector of traces that the operator named.
 * @param headers `name=value` pairs with commas between them, the values percent-encoded, as the
 * environment variable of OpenTelemetry has them
 * @throws Problem `usage`
 */
export function tracesOf(url: string | undefined, headers = '') {
  if (url === undefined) return undefined;
  const parsed = URL.parse(url);
  const isHere = parsed !== null && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(parsed.hostname);
  const isHttp = parsed?.protocol === 'http:' && (isHere || headers === '');
  const hasLogin = parsed !== null && `${parsed.username}${parsed.password}` !== '';
  if (parsed === null || hasLogin || !(parsed.protocol === 'https:' || isHttp))
    throw new Problem('usage', 'Cannot send traces to the address in the setting traces', {
      hint: 'write https://HOST/v1/traces, or http://HOST:4318/v1/traces without headers in OTEL_EXPORTER_OTLP_HEADERS: a key never goes over plain HTTP to another machine',
    });
  return { url: parsed.href, headers: parseHeaders(headers) };
}

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
