/** A hold as text: the action, and what an allowance for a time would cover. */
import { nameOfSubject } from '../../skills-index/run/agents/breaker.ts';
import type { GatedAction } from '../../skills-index/run/holds/hold.ts';
import { appliedText, isAsShown } from '../../skills-index/run/holds/hold-action.ts';
import { describeCoverage } from '../../skills-index/run/holds/hold-coverage.ts';
import { count, joined, type Safe, safe, shortText } from '../terminal/output.ts';
import type { HoldHere } from './here.ts';
import { textLines } from './request-text.ts';

export function describeHold({ state, hold, until }: HoldHere): Safe {
  const word = { waiting: 'waits', allowed: 'allowed', denied: 'denied', open: 'breaker open' }[
    state
  ];
  return joined(
    [
      safe`${hold.id}  ${word}${until === undefined ? '' : ` until ${until}`}: ${whoWants(hold)}`,
      safe`    run ${hold.run}, rule ${hold.rule}, ${hold.kind}: ${hold.what}`,
      ...(hold.kind === 'breaker' ? [] : linesOf(hold)),
    ],
    '\n',
  );
}

/** Who wants what, in one sentence; without an action that a runner wrote, only who. */
function whoWants(hold: HoldHere['hold']): string {
  const { action, agent, kind } = hold;
  const who = agent === 'operator' ? 'the operator' : `agent ${agent}`;
  const name = nameOfSubject(hold);
  if (kind === 'breaker') return `${name} is stopped for ${who}`;
  if (action === undefined || !isAsShown(hold)) return `${name} for ${who}`;
  // A session has no version.
  const means = hold.version === '' ? 'in a session' : `with ${name}`;
  return `${who}, ${means}, wants to ${wishOf(action)}`;
}

function wishOf(action: GatedAction): string {
  switch (action.kind) {
    case 'start':
      return `start ${action.command}`;
    case 'install':
      return 'install this version';
    case 'apply':
      return `${appliedText(action)}${namedText(action.include)}`;
    case 'egress': {
      const { bytes, host, method, opens, path, port } = action;
      const place = `${host}:${port}${shortText(path)}`;
      if (opens !== undefined)
        return `open a ${opens === 'tunnel' ? 'tunnel' : 'WebSocket'} to ${place}`;
      return `send ${method} ${place}${bytes === undefined ? '' : `, ${count(bytes, 'byte')}`}`;
    }
  }
}

// Nobody should find only in the list of changes that a file gives commands to the host.
function namedText(include: readonly string[] = []): string {
  return include.length === 0
    ? ''
    : `, with ${count(include.length, 'file')} that hosts or agents obey`;
}

function linesOf(hold: HoldHere['hold']): Safe[] {
  const { action } = hold;
  if (action === undefined || !isAsShown(hold))
    return [
      safe`    WARNING: this hold was not written by a runner: its text does not match its action`,
    ];
  return [...partsOf(action), safe`    covers with --for: ${describeCoverage(action)}`];
}

// The parts of the action that the first line shows only as a digest.
function partsOf(action: GatedAction): Safe[] {
  if (action.kind === 'egress') return partsOfRequest(action);
  if (action.kind === 'apply')
    return (action.include ?? []).map(
      (path) => safe`    hosts or agents obey ${JSON.stringify(path)}`,
    );
  if (action.kind !== 'start') return [];
  return [
    ...(action.args.length === 0
      ? []
      : [
          safe`    arguments: ${action.args.map((argument) => JSON.stringify(argument)).join(' ')}`,
        ]),
    ...action.holds.map((held) => safe`    held by rule ${held.rule}: ${held.reason}`),
  ];
}

function partsOfRequest({
  body,
  headers = [],
  query,
  request,
  text,
}: Extract<GatedAction, { kind: 'egress' }>): Safe[] {
  return [
    ...(query === undefined ? [] : [safe`    query: ${query}`]),
    ...headers.map((header) => safe`    header: ${header}`),
    ...(body === undefined
      ? []
      : [safe`    body: ${text === undefined ? 'not text, so the content is not shown' : 'text'}`]),
    ...textLines(text ?? ''),
    // Holds of earlier versions stored no headers, so their allowance covers less.
    ...(request === undefined
      ? [safe`    the headers of the request are not stored on this host`]
      : []),
  ];
}
