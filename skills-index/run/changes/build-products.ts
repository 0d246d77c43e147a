/**
 * Decides which new folders of a view are build products: an installer, compiler or test runner can
 * make them again. Such a folder is kept for the agent's next session instead of being offered to a
 * person. Pure.
 */

// No person gives a folder of sources one of these names.
const unmistakable = new Set(
  'node_modules .venv __pycache__ .pytest_cache .mypy_cache .ruff_cache .tox .nox'.split(' '),
);

// The file in such a folder that only its tool writes.
const markers = new Map([
  ['venv', 'pyvenv.cfg'],
  ['env', 'pyvenv.cfg'],
  ['target', 'CACHEDIR.TAG'],
]);

// People give these names to sources too, so git has to ignore the folder.
const ambiguous = new Set(
  'dist build out target venv env coverage .next .nuxt .svelte-kit .turbo .parcel-cache .eggs'.split(
    ' ',
  ),
);

/**
 * Whether a new folder of this name is a build product.
 * @param has whether the folder contains an entry of this name
 * @param isIgnored whether git ignores the folder
 */
export function isBuildProduct(
  name: string,
  has: (entry: string) => boolean,
  isIgnored: () => boolean,
): boolean {
  const marker = markers.get(name);
  if (unmistakable.has(name) || (marker !== undefined && has(marker))) return true;
  return (ambiguous.has(name) || name.endsWith('.egg-info')) && isIgnored();
}

/** Remaining comparisons, shared by all folders of a view: a run chooses patterns and names. */
export interface IgnoreWork {
  left: number;
}

/** The most comparisons for one view. A usual project needs some thousands. */
export const ignoreStepsMax = 5_000_000;

/**
 * Whether git's ignore files exclude a folder (gitignore(5)). A pattern in brackets excludes
 * nothing here, and after `!` includes every folder, so an unusual pattern leaves a folder among
 * the changes. So does a view whose patterns take too many comparisons.
 * @param textIn the text of `.gitignore` in a folder above; empty for the top
 */
export function isIgnoredFolder(
  path: string,
  textIn: (folder: string) => string | undefined,
  work: IgnoreWork = { left: ignoreStepsMax },
): boolean {
  const parts = path.split('/');
  const isIgnored = parts.some((_, end) => isIgnoredAlone(parts.slice(0, end + 1), textIn, work));
  return isIgnored && work.left > 0;
}

function isIgnoredAlone(
  parts: readonly string[],
  textIn: (folder: string) => string | undefined,
  work: IgnoreWork,
): boolean {
  // The last pattern that matches decides, and deeper files come later.
  let isIgnored = false;
  for (const [depth] of parts.entries()) {
    const below = parts.slice(depth);
    for (const line of linesOf(textIn(parts.slice(0, depth).join('/')) ?? '')) {
      const isKept = line.startsWith('!');
      work.left -= line.length;
      if (work.left <= 0) return false;
      const isUnclear = isKept && /[[\\]/.test(line);
      if (isUnclear || isMatch(isKept ? line.slice(1) : line, below, work)) isIgnored = !isKept;
    }
  }
  return isIgnored;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).slice(0, ignoreLinesMax);
}

const ignoreLinesMax = 1_000;

// A pattern without a slash before its end names an entry at any depth.
function isMatch(written: string, parts: readonly string[], work: IgnoreWork): boolean {
  const pattern = written.replace(/\/$/, '');
  if (!pattern.includes('/')) return isLike([pattern], parts.slice(-1), work);
  return isLike(pattern.replace(/^\//, '').split('/'), parts, work);
}

function isLike(patterns: readonly string[], parts: readonly string[], work: IgnoreWork): boolean {
  return matchesStars(patterns, parts, '**', work, (pattern, part) =>
    matchesStars([...pattern], [...part], '*', work, (one, sign) => one === sign || one === '?'),
  );
}

/**
 * Compares without the choices of a regular expression, whose number a hostile pattern could
 * multiply: only the last star ever gives way.
 */
function matchesStars(
  pattern: readonly string[],
  parts: readonly string[],
  star: string,
  work: IgnoreWork,
  isSame: (one: string, part: string) => boolean,
): boolean {
  let at = 0;
  let afterStar = -1;
  let resume = 0;
  for (let part = 0; part < parts.length; ) {
    if (--work.left <= 0) return false;
    if (pattern[at] === star) {
      afterStar = ++at;
      resume = part;
    } else if (at < pattern.length && isSame(pattern[at] ?? '', parts[part] ?? '')) {
      at++;
      part++;
    } else if (afterStar === -1) return false;
    else {
      at = afterStar;
      part = ++resume;
    }
  }
  return pattern.slice(at).every((one) => one === star);
}

/**
 * Whether git's index has a file in a folder, so that the folder holds committed work.
 * @param index the bytes of an index (gitformat-index(5))
 * @param folder below the work tree, as Latin-1 text of its bytes
 */
export function isTracked(index: Uint8Array, folder: string): boolean {
  const bytes = Buffer.from(index.buffer, index.byteOffset, index.length);
  const name = Buffer.from(`${folder}/`, 'latin1');
  const isCompressed = bytes.length > 8 && bytes.readUInt32BE(4) > 3;
  if (isCompressed) return bytes.includes(name);
  for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + 1)) {
    // The length of a path lies before the path; other data of the index has no such length.
    const length = bytes.subarray(at, at + pathBytesMax).indexOf(0);
    if (at >= 2 && length !== -1 && (bytes.readUInt16BE(at - 2) & pathBytesMax) === length)
      return true;
  }
  return false;
}

const pathBytesMax = 0xfff;
