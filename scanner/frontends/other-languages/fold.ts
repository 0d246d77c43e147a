/**
 * Undoes tricks that hide words in Windows commands: ignored marks, strings in pieces, characters
 * by number.
 */
import type { Language } from '../../fact/source.ts';

/** A statement as the language's own parser reads it, as far as spelling is concerned. */
export function plainCommand(text: string, language: Language): string {
  if (language === 'batch')
    return text.replace(/\^(?=[^\n])/g, '').replace(/(?<=[a-z])""(?=[a-z])/gi, '');
  const joined =
    language === 'vbscript'
      ? text.replace(/"\s*&\s*"/g, '')
      : text.replace(/(['"])\s*(?:\+|\.\.?)\s*\1/g, '');
  if (language !== 'powershell') return joined;
  return joined
    .replace(/`(?=[A-Za-z])/g, '')
    .replace(
      /\(\s*['"]((?:\{\d{1,2}\}){2,40})['"]\s*-f\s*((?:['"][^'"\n]{0,200}['"]\s*,?\s*){1,40})\)/gi,
      (_, places: string, words: string) => {
        const values = [...words.matchAll(/['"]([^'"\n]{0,200})['"]/g)].map(
          ([, word]) => word ?? '',
        );
        return `'${[...places.matchAll(/\d+/g)].map(([index]) => values[Number(index)] ?? '').join('')}'`;
      },
    )
    .replace(/(?:\[char\]\s*\(?(?:0x[0-9a-f]{2}|\d{2,3})\)?\s*\+?\s*){2,200}/gi, (all) =>
      [...all.matchAll(/0x([0-9a-f]{2})|(\d{2,3})/gi)]
        .map(([, hex, decimal]) =>
          String.fromCharCode(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
        )
        .join(''),
    )
    .replace(/\.\s*\(?\s*['"]([A-Za-z]{3,40})['"]\s*\)?(?:\.Invoke)?\s*(?=[.(])/gi, '.$1')
    .replace(/(^|[\s;|{(])[&.]\s*\(?\s*['"]([\w-]{2,40})['"]\s*\)?/g, '$1 $2');
}

/** The program behind `-EncodedCommand`: Base64 of UTF-16 (about_PowerShell_exe). */
export function encodedCommand(text: string): string | undefined {
  const blob =
    /\s[-/\u2013]e(?:n|nc|nco|ncod|ncode|ncoded|ncodedc\w{0,12})?\s+["']?([A-Za-z0-9+/]{16,}={0,2})/i.exec(
      text,
    )?.[1];
  if (blob === undefined) return undefined;
  const decoded = Buffer.from(blob, 'base64').toString('utf16le');
  return /^[\x09\x0a\x0d\x20-\x7e\u00a0-\ud7ff]+$/.test(decoded) ? decoded : undefined;
}
