/**
 * Widths of a font's letters, read from its file (OpenType 1.9: cmap format 4, hhea, hmtx). The
 * renderer breaks no lines, so whoever draws has to know what fits.
 */

/** A font of one weight. */
export class Font {
  readonly #glyphs: ReadonlyMap<number, number>;
  readonly #advances: readonly number[];
  readonly #unitsPerEm: number;

  /** @throws RangeError for a file that is no such font */
  constructor(file: Uint8Array) {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const tables = tablesOf(view);
    this.#unitsPerEm = at(tables, 'head').getUint16(18);
    this.#glyphs = glyphsOf(at(tables, 'cmap'));
    const metrics = at(tables, 'hhea').getUint16(34);
    const hmtx = at(tables, 'hmtx');
    this.#advances = Array.from({ length: metrics }, (_, glyph) => hmtx.getUint16(glyph * 4));
  }

  /** Whether the font has a glyph for each character. */
  has(text: string): boolean {
    return Array.from(text).every((character) => this.#glyphOf(character) !== undefined);
  }

  /** Of a line, without kerning, which narrows it a little. @param size pixels of one em */
  widthOf(text: string, size: number): number {
    const units = Array.from(text).reduce((sum, character) => sum + this.#advanceOf(character), 0);
    return (units / this.#unitsPerEm) * size;
  }

  #glyphOf(character: string): number | undefined {
    return this.#glyphs.get(character.codePointAt(0) ?? 0);
  }

  #advanceOf(character: string): number {
    const glyph = this.#glyphOf(character) ?? 0;
    return this.#advances[glyph] ?? this.#advances.at(-1) ?? 0;
  }
}

type Tables = ReadonlyMap<string, DataView>;

function tablesOf(view: DataView): Tables {
  const records = Array.from({ length: view.getUint16(4) }, (_, index) => 12 + index * 16);
  return new Map(
    records.map((record) => {
      const tag = String.fromCharCode(...bytesAt(view, record, 4));
      const start = view.byteOffset + view.getUint32(record + 8);
      return [tag, new DataView(view.buffer, start, view.getUint32(record + 12))];
    }),
  );
}

function bytesAt(view: DataView, from: number, length: number): number[] {
  return Array.from({ length }, (_, index) => view.getUint8(from + index));
}

function at(tables: Tables, tag: string): DataView {
  const table = tables.get(tag);
  if (table === undefined) throw new RangeError(`The font has no table ${tag}`);
  return table;
}

/** Glyphs by code point. */
function glyphsOf(cmap: DataView): Map<number, number> {
  const offsets = Array.from({ length: cmap.getUint16(2) }, (_, index) =>
    cmap.getUint32(4 + index * 8 + 4),
  );
  const start = offsets.find((offset) => cmap.getUint16(offset) === 4);
  if (start === undefined) throw new RangeError('The font has no cmap of format 4');
  const segments = cmap.getUint16(start + 6) / 2;
  const row = (index: number): number => start + 14 + index * segments * 2;
  const glyphs = new Map<number, number>();
  for (let segment = 0; segment < segments; segment++) {
    const end = cmap.getUint16(row(0) + segment * 2);
    // Two bytes of padding follow the first row.
    const first = cmap.getUint16(row(1) + 2 + segment * 2);
    const delta = cmap.getUint16(row(2) + 2 + segment * 2);
    const place = row(3) + 2 + segment * 2;
    const offset = cmap.getUint16(place);
    for (let code = first; code <= end && code < 0xffff; code++) {
      const raw = offset === 0 ? code : cmap.getUint16(place + offset + (code - first) * 2);
      const glyph = raw === 0 ? 0 : (raw + delta) & 0xffff;
      if (glyph !== 0) glyphs.set(code, glyph);
    }
  }
  return glyphs;
}
