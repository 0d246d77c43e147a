/**
 * The request that waits, for people: every header, and the body as far as it is text. Nothing in
 * it acts on a terminal.
 */
import * as runs from '../../runner/public.ts';
import {
  codingOf,
  type HeldRequest,
  readableText,
} from '../../skills-index/run/holds/held-request.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { heldTextBytesMax } from '../limits.ts';
import { count, joined, type Safe, safe } from '../terminal/output.ts';

/** What `--format json` says of a body. */
export interface ShownBody {
  readonly bytes: number;
  readonly digest: string;
  /** How it is packed; what stands in `text` is unpacked. */
  readonly coding: string;
  /** Absent for what is no text. */
  readonly text?: string;
  /** Whether there is more text than is shown. */
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

/** @param path where all of it lies */
export function requestText(request: HeldRequest, path: string): Safe {
  const { bytes, coding, digest, isCut, text } = shownBody(request);
  const packed = coding === 'identity' ? '' : `, packed by ${coding}`;
  const end = request.line === '' ? [] : [safe`    the whole request, as it would leave: ${path}`];
  if (bytes === 0) return joined([...headOf(request), safe`    no body`, ...end], '\n');
  const what =
    text === undefined
      ? 'not text, so the content is not shown'
      : isCut
        ? 'the first part of a text'
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

/** Text line by line, each behind a bar that no line of it can make. */
export function textLines(text: string): Safe[] {
  return text === ''
    ? []
    : text
        .replace(/\r?\n$/, '')
        .split('\n')
        .map((line) => safe`    | ${line.replace(/\r$/, '')}`);
}

function headOf({ headers, line }: HeldRequest): Safe[] {
  return [line, ...headers].map((one) => safe`    ${one}`);
}
