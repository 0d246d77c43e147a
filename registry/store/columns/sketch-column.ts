/** Sketches in the database: 128 bytes. */
import { customType } from 'drizzle-orm/sqlite-core';
import type { Sketch } from '../../../skills-index/skill/text/similarity-signature.ts';

/** A column of sketches. D1 takes all bytes behind a view, and gives bytes as a list of numbers. */
export const sketchColumn = customType<{ data: Sketch; driverData: Uint8Array }>({
  dataType: () => 'blob',
  toDriver: (sketch) => new Uint8Array(sketch),
  fromDriver: (cell) => Uint8Array.from(cell),
});
