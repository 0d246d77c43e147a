/** What the metadata inside a package say. The package's author wrote them. */
import * as v from 'valibot';
import type { Ecosystem } from '../skill/ecosystem.ts';

export interface PackageMetadata {
  readonly licence?: string;
  readonly requiresPython?: string;
}

/** The path of the file with the metadata, in an unpacked package. */
export const metadataPaths: Readonly<Record<Ecosystem, RegExp>> = {
  python: /^[^/]+\.dist-info\/METADATA$/,
  npm: /^package\.json$/,
};

/** Reads the text of the file with the metadata. What the text does not say is absent. */
export function parseMetadata(ecosystem: Ecosystem, text: string): PackageMetadata {
  return ecosystem === 'python' ? metadataOfWheel(text) : metadataOfNpm(text);
}

function metadataOfWheel(text: string): PackageMetadata {
  const lines = metadataLines(text);
  const [requiresPython] = metadataValues(lines, 'Requires-Python');
  const [expression] = metadataValues(lines, 'License-Expression');
  const licence = expression ?? shortLicence(lines) ?? classified(lines);
  return {
    ...(licence === undefined ? {} : { licence }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
  };
}

/**
 * The lines of METADATA (PEP 566) with the fields, which end where the description begins. The
 * package's author chose the lines.
 */
export function metadataLines(text: string): string[] {
  const [head = ''] = text.split(/\r?\n\r?\n/, 1);
  return head.split(/\r?\n/);
}

/** The values of a field, in the order of the lines. The case of a field's name means nothing. */
export function metadataValues(lines: readonly string[], field: string): string[] {
  const start = `${field.toLowerCase()}:`;
  return lines
    .filter((line) => line.toLowerCase().startsWith(start))
    .map((line) => line.slice(start.length).trim());
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
  const found = metadataValues(lines, 'Classifier').flatMap((line) => {
    const [kind = '', ...parts] = line.split('::');
    const licence = parts.at(-1)?.trim() ?? '';
    return kind.trim().toLowerCase() === 'license' && licence !== '' ? [licence] : [];
  });
  return found.length === 0 ? undefined : found.join(', ');
}

const manifest = v.looseObject({
  license: v.optional(v.union([v.string(), v.looseObject({ type: v.string() })])),
});

function metadataOfNpm(text: string): PackageMetadata {
  try {
    const { license } = v.parse(manifest, JSON.parse(text));
    if (license === undefined) return {};
    return { licence: typeof license === 'string' ? license : license.type };
  } catch {
    return {};
  }
}
