/** The map of a registry's log, made of all statements at once. */
import type { Registry } from '../../../registry/context.ts';
import { statements } from '../../../registry/store/schema.ts';
import { emptyMapRoot, mapRootOf, mapValueOf } from '../../../skills-index/log/map-tree.ts';
import {
  parseEnvelope,
  peekStatement,
} from '../../../skills-index/statement/signature-formats/envelope.ts';
import { mapKeyOf, mapNames } from '../../../skills-index/trust/members-and-scopes/map-names.ts';

/** The root in base64 that follows from the statements of the log alone. */
export async function rootOfWholeLog(registry: Registry): Promise<string> {
  const indexes = new Map<string, number[]>();
  const rows = await registry.db.read.select().from(statements).orderBy(statements.logIndex);
  for (const { logIndex, envelope } of rows)
    for (const name of mapNames(peekStatement(parseEnvelope(JSON.parse(envelope)))))
      indexes.set(name, [...(indexes.get(name) ?? []), logIndex]);
  const leaves = [...indexes].map(([name, list]) => ({
    key: mapKeyOf(name),
    value: mapValueOf(list) ?? emptyMapRoot,
  }));
  return Buffer.from(mapRootOf(leaves)).toString('base64');
}
