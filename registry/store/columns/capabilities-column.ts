/** Capabilities in the database: most skills need few kinds, so the empty lists are left out. */
import { customType } from 'drizzle-orm/sqlite-core';
import { type Capabilities, noCapabilities } from '../../../skills-index/skill/capability.ts';

/** Capabilities without the empty ones of the lists that all skills have. */
export type SparseCapabilities = Partial<Capabilities>;

/** A column of capabilities. */
export const capabilitiesColumn = customType<{ data: Capabilities; driverData: string }>({
  dataType: () => 'text',
  toDriver: (capabilities) => JSON.stringify(sparseOf(capabilities)),
  fromDriver: (cell) => wholeOf(JSON.parse(cell)),
});

export function sparseOf(capabilities: Capabilities): SparseCapabilities {
  const kinds = Object.entries(capabilities);
  return Object.fromEntries(
    kinds.filter(([kind, list]) => !(kind in noCapabilities) || list.length > 0),
  );
}

export function wholeOf(sparse: SparseCapabilities): Capabilities {
  return { ...noCapabilities, ...sparse };
}
