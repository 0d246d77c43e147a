/** Files in shell scripts: reads, writes, and the content that a script itself wrote. */
import { posix } from 'node:path';
import type { Trait } from '../../../fact/fact.ts';
import { shapeOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { Call } from '../call.ts';
import { noteFlows } from '../graph.ts';
import { noteCapability, type ShellRun } from '../run.ts';
import {
  either,
  isKnown,
  joinTaints,
  rootTaint,
  type ShellValue,
  textsOf,
  unknownValue,
} from '../value.ts';

type At = Pick<Call, 'span' | 'certainty' | 'name'>;

/**
 * The content of a file: the text that the script wrote, or else the file's name as a source. Notes
 * the read.
 */
export function readFileValue(run: ShellRun, at: At, path: ShellValue): ShellValue {
  const own = run.files.get(fileKey(run, path.text));
  if (own !== undefined && path.text.startsWith('/dev/fd/')) return own;
  for (const text of textsOf(path))
    noteCapability(
      run,
      noting(at),
      { kind: 'mount', path: mountPath(run, text), mode: 'ro' },
      text.includes(unknownPart) ? ['dynamic-name'] : [],
      shapeOf(text),
    );
  if (own !== undefined) return own;
  const step = { span: at.span, note: `${at.name} reads ${shown(path.text)}` };
  const sources = textsOf(path).map((text) =>
    rootTaint({ what: 'file', name: mountPath(run, text) }, step, at.certainty),
  );
  return unknownValue([...sources, ...path.taints]);
}

/** Notes that a file is written, and remembers its content. */
export function writeFileValue(
  run: ShellRun,
  at: At,
  path: ShellValue,
  content: ShellValue,
  how: 'write' | 'append',
): void {
  const key = fileKey(run, path.text);
  if (/^\/dev\/(null|stdout|stderr|tty|fd\/)/.test(path.text)) return;
  noteWritten(run, at, path, content, how);
  const before = run.files.get(key);
  run.files.set(
    key,
    how === 'append' && before !== undefined
      ? { ...either(content, before), taints: joinTaints([before, content]) }
      : content,
  );
  noteWrite(run, at, path, how === 'append' ? ['write', 'append'] : ['write']);
  if (!isKnown(path)) return;
  const capability = { kind: 'mount', path: mountPath(run, path.text), mode: 'rw' } as const;
  noteFlows(run, noting(at), content.taints, {
    what: 'file',
    capability,
    api: at.name,
    part: 'content',
  });
}

// Another script may start the file.
function noteWritten(
  run: ShellRun,
  at: At,
  path: ShellValue,
  content: ShellValue,
  how: 'write' | 'append',
): void {
  const { path: within, context } = run.source;
  run.context.steps.take();
  if (content.text.replaceAll(unknownPart, '').trim() === '') return;
  const map =
    content.map.length > 0 ? content.map : [{ at: 0, raw: at.span.start, fixed: true as const }];
  const file = {
    path: path.text,
    opening: at.span.start,
    ...(how === 'append' && { append: true as const }),
  };
  run.written.push({ ...file, within, text: content.text, context, map });
}

/** Notes that a path is changed. */
export function noteWrite(run: ShellRun, at: At, path: ShellValue, traits: readonly Trait[]): void {
  for (const text of textsOf(path)) {
    const isUnknown = mountPath(run, text) === '*';
    noteCapability(
      run,
      noting(at),
      { kind: 'mount', path: mountPath(run, text), mode: 'rw' },
      isUnknown ? [...traits, 'dynamic-name'] : traits,
      shapeOf(text),
    );
  }
}

/**
 * A path in the form of mount facts: `*` when its beginning is unknown, and from the first unknown
 * part on.
 */
export function mountPath(run: ShellRun, text: string): string {
  const at = text.indexOf(unknownPart);
  const known = at < 0 ? text : text.slice(0, at);
  if (known === '') return '*';
  const absolute = /^[/~]/.test(known) || run.cwd === '' ? known : `${run.cwd}/${known}`;
  const normal = absolute.startsWith('~') ? absolute : posix.normalize(absolute);
  return at < 0 ? normal : `${normal}*`;
}

/** The key for files that the script writes. */
export function fileKey(run: ShellRun, text: string): string {
  return text.startsWith('/dev/fd/') ? text : mountPath(run, text).replace(/^\.\//, '');
}

function noting(at: At): { span: At['span']; certainty: At['certainty']; api: string } {
  return { span: at.span, certainty: at.certainty, api: at.name };
}

function shown(text: string): string {
  return text.replaceAll(unknownPart, '…').slice(0, 80);
}
