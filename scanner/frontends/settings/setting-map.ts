/** Maps the characters of a setting's value to the file. */
import type { OffsetMap, TaintSource } from '../../fact/source.ts';
import type { Setting } from './setting.ts';

/**
 * Offsets of a value in the source: exact up to the first character that is written differently.
 * From then on exact for each line that the source has as well, as in a block of YAML, and fixed
 * elsewhere.
 */
export function settingMap(
  source: TaintSource,
  { value, from, to }: Setting,
  at = 0,
): { at: number; raw: number; fixed?: true }[] {
  const quote = /["']/.test(source.text[from] ?? '') ? 1 : 0;
  const start = from + quote;
  let same = 0;
  while (same < value.length && start + same < to && source.text[start + same] === value[same])
    same += 1;
  const plain = { at, raw: start };
  if (same === value.length) return [plain];
  const behind = Math.min(start + same, Math.max(from, to - 1));
  return [
    plain,
    { at: at + same, raw: behind, fixed: true },
    ...linesBehind(source.text.slice(0, to), value, same, behind).map((line) => ({
      ...line,
      at: at + line.at,
    })),
  ];
}

// Both texts are walked line by line and once.
function linesBehind(
  text: string,
  value: string,
  same: number,
  behind: number,
): { at: number; raw: number }[] {
  const found: { at: number; raw: number }[] = [];
  let raw = text.indexOf('\n', behind) + 1;
  let at = same === 0 ? 0 : value.indexOf('\n', same) + 1;
  if (raw === 0 || (at === 0 && same > 0)) return found;
  while (at < value.length && raw < text.length) {
    const valueEnd = endOfLine(value, at);
    const rawEnd = endOfLine(text, raw);
    const written = text.slice(raw, rawEnd).replace(/\r$/, '');
    const line = value.slice(at, valueEnd);
    if (!written.endsWith(line)) return found;
    found.push({ at, raw: raw + written.length - line.length });
    at = valueEnd + 1;
    raw = rawEnd + 1;
  }
  return found;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Several values joined. */
export function joinSettings(
  source: TaintSource,
  settings: readonly Setting[],
): { readonly text: string; readonly map: OffsetMap } {
  const map: { at: number; raw: number; fixed?: true }[] = [];
  let text = '';
  for (const setting of settings) {
    if (setting.value === '') continue;
    map.push(...settingMap(source, setting, text.length));
    text += setting.value;
  }
  return { text, map };
}
