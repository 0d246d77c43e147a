/** What names of Python hold within the bodies of statements. */

import { childrenOf } from '../nodes.ts';
import type { FoldFrame, PyNode, PythonModule } from '../program.ts';
import type { FoldPlace, PythonRun } from '../run.ts';
import { runStatement } from './run.ts';
import { enteredIn, forget } from './targets.ts';
import { copied } from './value.ts';

/**
 * What names hold before the statement of a body in which a node stands, given what they hold
 * before that body.
 */
export function frameWithin(
  run: PythonRun,
  module: PythonModule,
  body: PyNode,
  use: PyNode,
  before: FoldFrame,
): FoldFrame {
  let statement: PyNode | null = use;
  while (statement !== null && statement.parent !== body) statement = statement.parent;
  if (statement === null) return before;
  const inner = childrenOf(statement).find(
    (child) =>
      /^(Body|MatchBody|MatchClause)$/.test(child.name) &&
      child.from <= use.from &&
      child.to >= use.to,
  );
  const within = inner ?? (statement.name === 'StatementGroup' ? statement : undefined);
  return within === undefined ? before : frameAt(run, module, within, statement, use, before);
}

// Uses come in the order of the text, mostly: each goes on where the one before in the same body
// stopped.
function frameAt(
  run: PythonRun,
  module: PythonModule,
  body: PyNode,
  statement: PyNode,
  use: PyNode,
  before: FoldFrame,
): FoldFrame {
  const known = run.fold.within.get(body);
  const isBehind = known === undefined || known.position > use.from;
  const at = isBehind
    ? { frame: ownFrame(before), position: body.from, next: body.firstChild }
    : known;
  if (isBehind) {
    run.fold.within.set(body, at);
    forgetBefore(run.foldingAt(run, module, at.frame), statement, body);
  }
  for (let one = at.next; one !== null && one.to < use.to && one.from <= use.from; one = at.next) {
    if (!run.fold.take(module)) return at.frame;
    at.position = one.to;
    at.next = one.nextSibling;
    runStatement(run.foldingAt(run, module, at.frame), one, []);
  }
  return frameWithin(run, module, body, use, at.frame);
}

// What a statement may have changed before one of its bodies begins.
function forgetBefore(here: FoldPlace, statement: PyNode, body: PyNode): void {
  if (/^(For|While)Statement$/.test(statement.name)) forget(here, statement);
  if (statement.name === 'WithStatement')
    for (const name of enteredIn(here.module, statement)) here.frame.names.set(name, undefined);
  for (
    let part = body.prevSibling;
    part !== null && body.name !== 'StatementGroup';
    part = part.prevSibling
  )
    if (
      statement.name === 'TryStatement' ||
      body.parent?.name === 'MatchClause' ||
      part.name === 'as'
    )
      forget(here, part);
}

// What is appended to a list within a body is appended again when the whole statement is gone
// through.
function ownFrame(frame: FoldFrame): FoldFrame {
  return {
    ...frame,
    names: new Map([...frame.names].map(([name, value]) => [name, copied(value)])),
  };
}
