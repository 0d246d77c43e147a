/**
 * Judges paths inside a skill. Each path has exactly one spelling. No path may leave the skill or
 * mean something else on another machine.
 */

export const pathBytesMax = 200;

const pathDepthMax = 16;

declare const pathBrand: unique symbol;
export type BundlePath = string & { readonly [pathBrand]: true };

interface PathRule {
  readonly breaks: (path: string, parts: readonly string[]) => boolean;
  readonly says: string;
}

/**
 * Whether Windows takes a file name for one of its devices: it compares the part before the first
 * dot, without trailing spaces.
 */
export function isWindowsDevice(name: string): boolean {
  return /^(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?$/i.test(
    name,
  );
}

const pathRules: readonly PathRule[] = [
  { says: 'is empty', breaks: (path) => path === '' },
  {
    says: 'is not valid Unicode',
    breaks: (path) => !path.isWellFormed() || path.includes('\u{fffd}'),
  },
  {
    says: `is longer than ${pathBytesMax} bytes`,
    breaks: (path) => Buffer.byteLength(path) > pathBytesMax,
  },
  { says: 'is absolute', breaks: (path) => path.startsWith('/') || /^[a-z]:/i.test(path) },
  { says: 'has a backslash', breaks: (path) => path.includes('\\') },
  { says: 'leaves the skill', breaks: (_, parts) => parts.includes('..') },
  {
    says: 'has an empty or "." part',
    breaks: (_, parts) => parts.includes('') || parts.includes('.'),
  },
  {
    says: `is deeper than ${pathDepthMax} folders`,
    breaks: (_, parts) => parts.length > pathDepthMax,
  },
  { says: 'is not in Unicode form NFC', breaks: (path) => path.normalize('NFC') !== path },
  {
    says: 'has control, invisible or direction-changing characters',
    breaks: (path) =>
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/u.test(path),
  },
  { says: 'has a character that Windows refuses', breaks: (path) => /[<>:"|?*]/.test(path) },
  {
    says: 'has a part that ends with a dot or a space',
    breaks: (_, parts) => parts.some((part) => /[. ]$/.test(part) && !/^\.{1,2}$/.test(part)),
  },
  {
    says: 'has a name that Windows reserves',
    breaks: (_, parts) => parts.some(isWindowsDevice),
  },
  // A program or shim that gets such a path as an argument would read the path as an option.
  {
    says: 'has a part that begins with "-"',
    breaks: (_, parts) => parts.some((part) => part.startsWith('-')),
  },
  {
    says: 'belongs to git',
    breaks: (_, parts) => parts.some((part) => /^(\.git|git~\d+)$/.test(pathTwinKey(part))),
  },
  // `.env.example` and similar files contain names of variables without values.
  {
    says: 'is an environment file, where secrets lie',
    breaks: (_, parts) =>
      parts.some(
        (part) =>
          /^\.env(\..*)?$/i.test(part) && !/^\.env\.(example|sample|template|dist)$/i.test(part),
      ),
  },
];

/** The folders above a path, the topmost folder first: `a` and `a/b` for `a/b/c`. */
export function foldersAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** Every reason why a path cannot be in a bundle; empty when the path can be in a bundle. */
export function whyNotBundlePath(path: string): string[] {
  const parts = path.split('/');
  return pathRules.filter((rule) => rule.breaks(path, parts)).map((rule) => rule.says);
}

/** Whether a path can be in a bundle. */
export function isBundlePath(path: string): path is BundlePath {
  return whyNotBundlePath(path).length === 0;
}

/**
 * A key that is equal for paths that some file system or language treats as the same path. The key
 * ignores case (also `ß`, `SS` and the Turkish `İ`) and compatibility forms.
 */
export function pathTwinKey(path: string): string {
  return foldCase(foldCase(path))
    .replace(/i\u0307+/g, 'i')
    .normalize('NFKC');
}

// Compatibility caseless matching (Unicode §3.13, D146) folds case twice. The change to lower case
// comes before the change to upper case, because only that order turns `ẞ` into `SS`.
function foldCase(text: string): string {
  return text.normalize('NFKD').toLowerCase().toUpperCase().toLowerCase();
}
