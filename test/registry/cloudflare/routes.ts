/** The names of routes in tables of what requests spend. */
import type { RouteSpending, Spending } from './invocations.ts';

/** `POST /api/v1/jobs/{id}/report`: the method, and the path without the parts that vary. */
export function routeOf({ method, url }: Request): string {
  const parts = new URL(url).pathname.split('/');
  const named = parts.map((part, at) => {
    if (part.startsWith('@')) return '{scope}';
    if (parts[at - 1]?.startsWith('@')) return '{name}';
    if (/^\d+\.\d+\.\d+$/.test(part)) return '{version}';
    if (/^(sha256:)?[0-9a-f]{64}$/.test(part)) return '{digest}';
    if (/^desk-[0-9a-f]+\./.test(part)) return '{asset}';
    return /\d/.test(part) && part !== 'v1' && part !== 'sha256' ? '{id}' : part;
  });
  const from = named.indexOf('files');
  return `${method} ${(from === -1 ? named : [...named.slice(0, from + 1), '{path}']).join('/')}`;
}

const columns: readonly (readonly [string, Spending])[] = [
  ['D1 reads', 'reads'],
  ['batches', 'batches'],
  ['statements', 'statements'],
  ['rows written', 'rowsWritten'],
  ['R2 get', 'gets'],
  ['head', 'heads'],
  ['put', 'puts'],
  ['objects', 'objects'],
];

/** A table in Markdown: the mean of each route's requests, and the most of one request. */
export function printRoutes(routes: readonly RouteSpending[]): string {
  const heading = ['request', 'requests', ...columns.map(([name]) => name), 'KiB held'];
  const rows = routes.map(({ route, requests, sum, most, held }) => [
    route,
    String(requests),
    ...columns.map(([, kind]) => meanAndMost(sum[kind] / requests, most[kind])),
    String(Math.ceil(held / 1024)),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

function meanAndMost(mean: number, most: number): string {
  const short = Number(mean.toFixed(1));
  return short === most ? String(most) : `${short} (${most})`;
}
