/**
 * A row of a table; never an inherited property (`constructor`, `toString`), whose name a skill's
 * author could use.
 */
export function own<Row>(table: Readonly<Record<string, Row>>, name: string): Row | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
