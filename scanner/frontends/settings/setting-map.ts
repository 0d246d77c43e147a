/** Maps the characters of a setting's value to the file. */
import type { OffsetMap, TaintSource } from '../../fact/source.ts';
import type { Setting } from './setting.ts';

/**
 * Offsets of a value in the source: exact up to the first character that is written differently,
 * and fixed there from then on.
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
  return same === value.length
    ? [plain]
    : [plain, { at: at + same, raw: Math.min(start + same, Math.max(from, to - 1)), fixed: true }];
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
