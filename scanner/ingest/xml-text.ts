/** The text of an XML document, one line for each paragraph. */

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Removes tags; a tag that ends a paragraph, a row or a shared string becomes a line end. */
export function xmlText(xml: string): string {
  return xml
    .replace(
      /<\/(?:w:p|a:p|text:p|text:h|si|row|w:tr|p|h\d|title|li|tr)>|<(?:w:br|w:cr|a:br|text:line-break|br)\b[^>]{0,200}>/g,
      '\n',
    )
    .replace(/<(?:w:tab|text:tab|text:s)\b[^>]{0,200}>/g, ' ')
    .replace(/<[^<>]*>/g, '')
    .replace(
      /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{2,6}));/g,
      (all, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined)
          return Object.hasOwn(entities, name) ? (entities[name] ?? all) : all;
        const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
        return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
          ? String.fromCodePoint(point)
          : all;
      },
    )
    .replace(/[ \t]+\n|\n{3,}/g, '\n')
    .trim();
}
