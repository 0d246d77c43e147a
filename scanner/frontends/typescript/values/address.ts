/**
 * The address of a request as code builds it: a text, a URL whose host is set later, an object of
 * options.
 */
import { ts } from 'ts-morph';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { Called, Out } from '../out.ts';
import { bareOf } from '../syntax.ts';
import { alternatives, type JsValue, text, textOr } from './values.ts';

/** The URL of a request's first argument, built from an options object where it is one. */
export function addressOf(
  out: Out,
  call: Called,
  value: JsValue,
  scheme: string | undefined,
): string | undefined {
  if (value.kind === 'text') return withHostGiven(out, call, value.text);
  if (value.kind !== 'object') return undefined;
  const field = (name: string): string | undefined => {
    const candidate = fieldOf(out, call, value, name);
    return candidate.kind === 'text' || candidate.kind === 'number'
      ? textOr(candidate)
      : candidate.kind === 'method'
        ? undefined
        : unknownPart;
  };
  const whole =
    field('url') ??
    field('href') ??
    field('baseURL') ??
    field('prefixUrl') ??
    field('uri') ??
    field('endpoint') ??
    field('connectionString') ??
    field('baseUrl');
  if (whole !== undefined) return whole;
  const host = field('hostname') ?? field('host');
  if (host === undefined) return undefined;
  const port = field('port');
  const address = port === undefined || /:\d+$/.test(host) ? host : `${host}:${port}`;
  return `${field('protocol')?.replace(/:$/, '') ?? scheme ?? 'https'}://${address}${field('path') ?? field('pathname') ?? '/'}`;
}

/** A field of the literal, or one that was assigned to the variable later. */
export function fieldOf(out: Out, call: Called, value: JsValue, name: string): JsValue {
  const field = out.self.memberOf(value, text(name), call.node);
  if (field.kind !== 'method') return field;
  for (const { node } of call.args) {
    const bare = node === undefined ? undefined : bareOf(node);
    const symbol =
      bare !== undefined && ts.isIdentifier(bare) ? out.self.symbols.symbolOf(bare) : undefined;
    const later = symbol === undefined ? [] : out.self.symbols.memberAssignments(symbol, name);
    const [last] = later.slice(-1);
    if (last !== undefined && alternatives(out.self.valueOf(bare ?? last.value)).includes(value))
      return out.self.valueOf(last.value);
  }
  return field;
}

// `url.hostname = "…"` on an existing address.
function withHostGiven(out: Out, call: Called, address: string): string {
  const bare = call.args[0]?.node === undefined ? undefined : bareOf(call.args[0].node);
  const holder =
    bare !== undefined && ts.isPropertyAccessExpression(bare) ? bareOf(bare.expression) : bare;
  const symbol =
    holder !== undefined && ts.isIdentifier(holder) ? out.self.symbols.symbolOf(holder) : undefined;
  if (symbol === undefined) return address;
  const given = ['hostname', 'host', 'href'].flatMap((name) =>
    out.self.symbols.memberAssignments(symbol, name),
  );
  const [last] = given.slice(-1);
  if (last === undefined) return address;
  const host = textOr(out.self.valueOf(last.value));
  return /^[a-z]+:\/\//i.test(host)
    ? host
    : address.replace(/^([a-z]+:\/\/)[^/]*/i, (_, scheme: string) => scheme + host);
}
