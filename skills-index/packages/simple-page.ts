/** Parses the page of one package of a Python index: HTML (PEP 503) or JSON (PEP 691). */
import * as v from 'valibot';

/** One file that an index offers. */
export interface OfferedFile {
  readonly name: string;
  readonly url: URL;
  /** SHA-256 as the index says it, in hexadecimal digits. */
  readonly sha256?: string;
  /** Why the maintainers withdrew the file; empty when they gave no reason. */
  readonly yanked?: string;
  /** The day of the upload, where the index says it. */
  readonly uploaded?: string;
}

const hexDigits = /^[0-9a-f]{64}$/;
const jsonPage = v.looseObject({
  files: v.array(
    v.looseObject({
      filename: v.string(),
      url: v.string(),
      hashes: v.optional(v.record(v.string(), v.string()), {}),
      yanked: v.optional(v.union([v.boolean(), v.string()]), false),
      'upload-time': v.exactOptional(v.string()),
    }),
  ),
});

/**
 * Lists the files of a page. Entries without a name or with an address of another scheme are left
 * out: no installation can fetch them.
 * @param address the address of the page, to which relative addresses belong
 * @returns undefined for a text that is no page of an index
 */
export function parseSimplePage(text: string, address: string): OfferedFile[] | undefined {
  return text.trimStart().startsWith('{') ? fromJson(text, address) : fromHtml(text, address);
}

function fromJson(text: string, address: string): OfferedFile[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const page = v.safeParse(jsonPage, value);
  if (!page.success) return undefined;
  return page.output.files.flatMap((file) =>
    offered(address, {
      name: file.filename,
      href: file.url,
      sha256: file.hashes.sha256,
      yanked: file.yanked === true ? '' : file.yanked === false ? undefined : file.yanked,
      uploaded: file['upload-time'],
    }),
  );
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
      return offered(address, {
        name: unescaped(shown).trim(),
        href,
        sha256: /^sha256=(.*)$/.exec(fragment)?.[1],
        yanked: attributes.get('data-yanked'),
        uploaded: attributes.get('data-upload-time'),
      });
    },
  );
}

interface Entry {
  readonly name: string;
  readonly href: string;
  readonly sha256: string | undefined;
  readonly yanked: string | undefined;
  readonly uploaded: string | undefined;
}

function offered(address: string, { href, name, sha256, uploaded, yanked }: Entry): OfferedFile[] {
  const url = URL.canParse(href, address) ? new URL(href, address) : undefined;
  if (url === undefined || name === '' || href === '') return [];
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isWeb || url.username !== '' || url.password !== '') return [];
  return [
    {
      name,
      url,
      ...(sha256 === undefined || !hexDigits.test(sha256) ? {} : { sha256 }),
      ...(yanked === undefined ? {} : { yanked }),
      ...(uploaded === undefined ? {} : { uploaded }),
    },
  ];
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
