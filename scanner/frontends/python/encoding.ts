/**
 * Python files that name an encoding in which they say something else than their bytes show (PEP
 * 263).
 */
import type { TaintSource } from '../../fact/source.ts';
import { fromUtf7, rot13, unescaped } from './values/codecs.ts';

/**
 * The text that Python reads, where the named encoding makes another one of it; undefined for
 * honest encodings.
 */
export function misleadingText({
  text,
}: TaintSource): { readonly text: string; readonly codec: string } | undefined {
  const [, codec] =
    /^[^\n]*\n?[^\n]*/.exec(text)?.[0].match(/^[ \t\f]*#.{0,80}?coding[:=][ \t]*([-\w.]+)/m) ?? [];
  if (codec === undefined) return undefined;
  const name = codec.toLowerCase().replace(/[-_.]/g, '');
  const read =
    name === 'utf7'
      ? fromUtf7(text)
      : /^(raw)?unicodeescape$/.test(name)
        ? unescaped(text)
        : name === 'rot13'
          ? rot13(text)
          : text;
  return read === text ? undefined : { text: read, codec };
}
