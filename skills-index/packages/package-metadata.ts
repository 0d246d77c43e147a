/** What the metadata inside a package say. The package's author wrote them. */
import * as v from 'valibot';

export interface PackageMetadata {
  readonly licence?: string;
  readonly requiresPython?: string;
}

/** Reads the METADATA file of a wheel. */
export function metadataOfWheel(text: string): PackageMetadata {
  const [head = ''] = text.split(/\r?\n\r?\n/);
  const lines = head.split(/\r?\n/);
  const member = (key: string): string | undefined =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${key.toLowerCase()}:`))
      ?.slice(key.length + 1)
      .trim();
  const requiresPython = member('Requires-Python');
  const licence = member('License-Expression') ?? shortLicence(lines) ?? classified(lines);
  return {
    ...(licence === undefined ? {} : { licence }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
  };
}

// Older metadata may have the whole text of a licence, whose further lines are indented.
function shortLicence(lines: readonly string[]): string | undefined {
  const at = lines.findIndex((line) => /^license:/i.test(line));
  const text = lines[at]?.replace(/^license:\s*/i, '').trim() ?? '';
  const isLong = /^\s/.test(lines[at + 1] ?? '');
  return text === '' || isLong || text.toLowerCase() === 'unknown' ? undefined : text;
}

// The author chose the line, so it is cut and not matched: its spaces must cost no time.
function classified(lines: readonly string[]): string | undefined {
  const found = lines.flatMap((line) => {
    if (!/^classifier:/i.test(line)) return [];
    const [kind = '', ...parts] = line.slice(line.indexOf(':') + 1).split('::');
    const licence = parts.at(-1)?.trim() ?? '';
    return kind.trim().toLowerCase() === 'license' && licence !== '' ? [licence] : [];
  });
  return found.length === 0 ? undefined : found.join(', ');
}

const manifest = v.looseObject({
  license: v.optional(v.union([v.string(), v.looseObject({ type: v.string() })])),
});

/** Reads the package.json of an npm package. */
export function metadataOfNpm(text: string): PackageMetadata {
  try {
    const { license } = v.parse(manifest, JSON.parse(text));
    if (license === undefined) return {};
    return { licence: typeof license === 'string' ? license : license.type };
  } catch {
    return {};
  }
}
