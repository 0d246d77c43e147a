/** Endless loops of a shell that start processes. */
import { forEachChild, type SyntaxNode, type While } from 'unbash';
import { noteTrait, type ShellRun, spanOf } from './run.ts';

/** Notes `while true; do program & done`. */
export function noteUnbounded(run: ShellRun, node: While): void {
  const [only] = node.clause.commands;
  const isEndless =
    node.clause.commands.length === 1 &&
    only?.command.type === 'Command' &&
    /^(true|:)$/.test(only.command.name?.text ?? '');
  if (!isEndless || node.kind !== 'while') return;
  let starts = false;
  let ends = false;
  const visit = (inner: SyntaxNode): void => {
    run.context.steps.take();
    if (inner.type === 'Statement' && inner.background) starts = true;
    if (
      inner.type === 'Command' &&
      /^(break|exit|return|sleep|wait|read)$/.test(inner.name?.text ?? '')
    )
      ends = true;
    forEachChild(inner, visit);
  };
  visit(node.body);
  if (starts && !ends)
    noteTrait(
      run,
      { span: spanOf(run, node), api: 'while', certainty: 'exact' },
      'unbounded',
      'an endless loop that starts processes',
    );
}
