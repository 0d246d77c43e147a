/**
 * Texts that Python writes to files: `open(path, "w").write(text)`, a temporary file's `write`,
 * `Path(path).write_text(text)`.
 */
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { join, nodesOf, unknownPy } from '../assignments/alternatives.ts';
import type { PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import type { PyCall } from './call.ts';
import { storeAt, storedPaths } from './stored.ts';

/** Notes what a file gets, for the case that it is started. */
export function noteWritten(
  run: PythonRun,
  call: PyCall,
  files: PyValue['file'],
  content: PyValue | undefined,
): void {
  if (content === undefined || files.length === 0) return;
  const { texts, otherTexts, raw, folded } =
    content.items === undefined ? content : join(content.items);
  const { path: within, context } = call.module.source;
  const map =
    raw !== undefined && !folded
      ? [{ at: 0, raw }]
      : [{ at: 0, raw: call.node.from, fixed: true as const }];
  const others = [...texts.slice(1), ...otherTexts].filter((text) => text !== unknownPart);
  storeAt(
    run,
    call,
    files.map(({ path }) => path),
    content.nodes,
  );
  for (const file of files) {
    run.context.steps.take();
    run.written.push({ ...file, within, text: texts[0] ?? unknownPart, context, map });
    for (const text of others)
      run.written.push({ ...file, within, text, context, map, instead: true });
  }
}

/** The file that a call opens or fills, by its path. */
export function openedBy(
  call: PyCall,
  given: PyValue | undefined,
  isAppended: boolean,
): PyValue['file'] {
  const opening = call.node.from;
  return storedPaths(call, given).map((path) => ({
    path,
    opening,
    nodes: given?.nodes ?? [],
    ...(isAppended && { append: true as const }),
  }));
}

/** A temporary file: nobody knows its name, but each use of it means the same file. */
export function temporaryFile(call: PyCall): PyValue {
  const suffix = call.keywords.get('suffix')?.texts[0] ?? '';
  const path = `/tmp/${unknownPart}.at${call.node.from}${suffix}`;
  return {
    ...unknownPy,
    texts: [path],
    file: [
      { path, opening: call.node.from, nodes: nodesOf([...call.args, ...call.keywords.values()]) },
    ],
    targets: [{ at: { kind: 'mount', path: '/tmp/*', mode: 'rw' } }],
  };
}
