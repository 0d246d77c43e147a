/**
 * A held request as text: every header, and the body where it is text. Control characters are
 * escaped.
 */
import * as runs from '../../runner/run/public.ts';
import {
  codingOf,
  type HeldRequest,
  readableText,
} from '../../skills-index/run/holds/held-request.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { heldTextBytesMax } from '../limits.ts';
import { count, joined, type Safe, safe } from '../terminal/output.ts';

/** The body in `--format json`. */
export interface ShownBody {
  readonly bytes: number;
  readonly digest: string;
  /** Content coding; `text` is decoded. */
  readonly coding: string;
  /** Absent for binary bodies. */
  readonly text?: string;
  /** Whether the text was cut. */
  readonly isCut: boolean;
}

export function shownBody({ body, headers }: HeldRequest): ShownBody {
  const coding = codingOf(headers);
  const inside = runs.unpack(body, coding);
  const isCut = (inside?.length ?? 0) > heldTextBytesMax;
  const text =
    inside === undefined ? undefined : readableText(inside.subarray(0, heldTextBytesMax), isCut);
  return {
    bytes: body.length,
    digest: digestOf(body),
    coding,
    isCut,
    ...(text === undefined ? {} : { text }),
  };
}

/** @param path file with the whole request */
export function requestText(request: HeldRequest, path: string): Safe {
  const { bytes, coding, digest, isCut, text } = shownBody(request);
  const packed = coding === 'identity' ? '' : `, packed by ${coding}`;
  const end =
    request.line === ''
      ? []
      : [safe`    file with the whole request, as it would leave the sandbox: ${path}`];
  if (bytes === 0)
    return joined([...headOf(request), safe`    the request has no body`, ...end], '\n');
  const what =
    text === undefined
      ? 'not text, so the content is not shown'
      : isCut
        ? 'text, of which this is the first part'
        : 'text';
  return joined(
    [
      ...headOf(request),
      safe`    body of ${count(bytes, 'byte')}${packed}, ${digest}: ${what}`,
      ...textLines(text ?? ''),
      ...end,
    ],
    '\n',
  );
}

/** The lines of a text, each after a bar that no line can imitate. */
export function textLines(text: string): Safe[] {
  return text === ''
    ? []
    : text
        .replace(/\r?\n$/, '')
        .split('\n')
        .map((line) => safe`    | ${line.replace(/\r$/, '')}`);
}

function headOf({ headers, line }: HeldRequest): Safe[] {
  return [line, ...headers].map((line) => safe`    ${line}`);
}
