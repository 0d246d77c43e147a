/** Parses the page of one package of a Python index: HTML (PEP 503) or JSON (PEP 691). */
import * as v from 'valibot';
import { normalPackageName } from '../skill/ecosystem.ts';

/** The media type of the JSON form. */
export const pythonJson = 'application/vnd.pypi.simple.v1+json';

/** One file that an index offers. */
export interface OfferedFile {
  readonly name: string;
  readonly url: URL;
  /** SHA-256 as the index says it, in hexadecimal digits. */
  readonly sha256?: string;
  readonly size?: number;
  /** Why the maintainers withdrew the file; empty when they gave no reason. */
  readonly yanked?: string;
  /** The time of the upload, where the index says it. */
  readonly uploaded?: string;
  readonly requiresPython?: string;
  /** Where the index has the attestations of the file (PEP 740); absent when it does not say. */
  readonly provenance?: URL | 'none';
  /** Present when the index has the metadata of the wheel beside the wheel (PEP 658). */
  readonly metadata?: { readonly sha256?: string };
}

const hashes = v.record(v.string(), v.string());
const metadata = v.optional(v.union([v.boolean(), hashes]), false);
const jsonPage = v.looseObject({
  name: v.string(),
  files: v.array(
    v.looseObject({
      filename: v.string(),
      url: v.string(),
      hashes: v.optional(hashes, {}),
      size: v.exactOptional(v.number()),
      yanked: v.optional(v.union([v.boolean(), v.string()]), false),
      'upload-time': v.exactOptional(v.string()),
      provenance: v.nullish(v.string()),
      'requires-python': v.nullish(v.string()),
      'core-metadata': metadata,
      'data-dist-info-metadata': metadata,
    }),
  ),
});

/**
 * Lists the files of a page. Entries without a name or with an address of another scheme are left
 * out: no installation can fetch them.
 * @param name the package in its normal form. Only pages in JSON say of which package they are.
 * @param address the address of the page, to which relative addresses belong
 * @returns undefined for a text that is no page of an index, or the page of another package
 */
export function parseSimplePage(
  text: string,
  name: string,
  address: string,
): OfferedFile[] | undefined {
  return text.trimStart().startsWith('{') ? fromJson(text, name, address) : fromHtml(text, address);
}

function fromJson(text: string, name: string, address: string): OfferedFile[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const page = v.safeParse(jsonPage, value);
  if (!page.success || normalPackageName('python', page.output.name) !== name) return undefined;
  return page.output.files.flatMap((file) => {
    const named = file['core-metadata'] || file['data-dist-info-metadata'];
    return offered(address, {
      name: file.filename,
      href: file.url,
      sha256: file.hashes.sha256,
      size: file.size,
      yanked: file.yanked === true ? '' : file.yanked === false ? undefined : file.yanked,
      uploaded: file['upload-time'],
      requiresPython: file['requires-python'] ?? undefined,
      provenance: file.provenance,
      metadata: named === false ? undefined : named === true ? '' : (named.sha256 ?? ''),
    });
  });
}

function fromHtml(text: string, address: string): OfferedFile[] | undefined {
  if (!/<html|<a\s/i.test(text)) return undefined;
  return [...text.matchAll(/<a\s([^<>]*)>([^<>]*)<\/a\s*>/gi)].flatMap(
    ([, given = '', shown = '']) => {
      const attributes = new Map(
        [...given.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g)].map(
          ([, name = '', double, single]) =>
            [name.toLowerCase(), unescaped(double ?? single ?? '')] as const,
        ),
      );
      const [href = '', fragment = ''] = (attributes.get('href') ?? '').split('#');
      const metadata =
        attributes.get('data-core-metadata') ?? attributes.get('data-dist-info-metadata');
      return offered(address, {
        name: unescaped(shown).trim(),
        href,
        sha256: digestIn(fragment),
        size: undefined,
        yanked: attributes.get('data-yanked'),
        uploaded: attributes.get('data-upload-time'),
        requiresPython: attributes.get('data-requires-python'),
        provenance: attributes.get('data-provenance'),
        metadata: metadata === undefined ? undefined : (digestIn(metadata) ?? ''),
      });
    },
  );
}

function digestIn(text: string): string | undefined {
  return /^sha256=(.*)$/.exec(text)?.[1];
}

interface Entry {
  readonly name: string;
  readonly href: string;
  readonly sha256: string | undefined;
  readonly size: number | undefined;
  readonly yanked: string | undefined;
  readonly uploaded: string | undefined;
  readonly requiresPython: string | undefined;
  /** The address of the attestations; null when the index says that there are none. */
  readonly provenance: string | null | undefined;
  /** SHA-256 of the metadata; empty when the index names none. */
  readonly metadata: string | undefined;
}

function offered(address: string, entry: Entry): OfferedFile[] {
  const { href, metadata, name, requiresPython, sha256, size, uploaded, yanked } = entry;
  const url = URL.canParse(href, address) ? new URL(href, address) : undefined;
  if (url === undefined || name === '' || href === '') return [];
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isWeb || url.username !== '' || url.password !== '') return [];
  return [
    {
      name,
      url,
      ...withDigest(sha256),
      ...(size !== undefined && Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
      ...(yanked === undefined ? {} : { yanked }),
      ...(uploaded === undefined ? {} : { uploaded }),
      ...(requiresPython === undefined ? {} : { requiresPython }),
      ...withProvenance(entry.provenance, address),
      ...(metadata === undefined ? {} : { metadata: withDigest(metadata) }),
    },
  ];
}

function withProvenance(
  provenance: string | null | undefined,
  address: string,
): { readonly provenance?: URL | 'none' } {
  if (provenance === null) return { provenance: 'none' };
  const isAddress = provenance !== undefined && URL.canParse(provenance, address);
  return isAddress ? { provenance: new URL(provenance, address) } : {};
}

function withDigest(sha256: string | undefined): { readonly sha256?: string } {
  return sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? { sha256 } : {};
}

const signs: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#34;': '"',
  '&#39;': "'",
  '&#x27;': "'",
};

function unescaped(html: string): string {
  return html.replace(
    /&(?:amp|lt|gt|quot|#34|#39|#x27);/gi,
    (sign) => signs[sign.toLowerCase()] ?? sign,
  );
}
