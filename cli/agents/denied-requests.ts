/**
 * The denied requests of a session, said at its end: where the program wanted to send something,
 * how often, and why the proxy denied it.
 */
import type * as audit from '../../runner/audit/public.ts';
import { isDenial, meaningOf } from '../../skills-index/run/egress/denial-fixes.ts';
import type { CommandContext } from '../command.ts';
import { deniedPlacesMax } from '../limits.ts';
import { printCodes, printFirst } from '../run/end-notes.ts';
import { count, printNote, safe, shortText } from '../terminal/output.ts';

export interface DeniedPlace {
  readonly host: string;
  readonly port: number;
  readonly why: string;
  readonly requests: number;
}

export interface HeardDenials {
  /** Records like the given log. */
  readonly audit: audit.Audit;
  /** Denied requests by host, port and reason; the most frequent first. */
  denied(): readonly DeniedPlace[];
  /** How many requests went to further places. */
  further(): number;
}

/** What is kept does not grow with the number of requests. */
export function hearDenials(log: audit.Audit): HeardDenials {
  const places = new Map<string, DeniedPlace>();
  let further = 0;
  const hear: audit.Audit['record'] = (subject, event) => {
    if (event.event === 'egress' && event.decision === 'denied') {
      const { host, port, why } = event;
      const key = JSON.stringify([host, port, why]);
      const requests = (places.get(key)?.requests ?? 0) + 1;
      if (places.has(key) || places.size < deniedPlacesMax)
        places.set(key, { host, port, why, requests });
      else further++;
    }
    log.record(subject, event);
  };
  return {
    audit: { ...log, record: hear },
    denied: () => [...places.values()].sort((a, b) => b.requests - a.requests),
    further: () => further,
  };
}

/** For people: a line for each place, the command that lists all, and what to type for more. */
export function printDenials(
  context: CommandContext,
  agent: string,
  { denied, further }: HeardDenials,
): void {
  if (context.format !== 'text') return;
  const places = denied();
  if (places.length === 0) return;
  const all = `skillgate agent log ${agent}`;
  printFirst(
    context,
    places.map(({ host, port, requests, why }) => {
      const place = host === '' ? 'a place that cannot be read' : shortText(`${host}:${port}`);
      return [safe`note: denied: ${count(requests, 'request')} to ${place}: ${meaningOf(why)}`];
    }),
    all,
  );
  if (further() > 0)
    printNote(context, safe`note: ${count(further(), 'more denied request')}: ${all}`);
  printCodes(
    context,
    [...new Set(places.map(({ why }) => why))].filter((why) => isDenial(why)),
  );
}
