/**
 * A scan statement that the log has already. Reports have the same bytes for the same skill and
 * rules, and the log takes a statement once.
 */

import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { type Actor, nameOf, type Registry } from '../context.ts';
import type { NewStatement } from '../log/appending.ts';
import { latest, readMembers } from '../people/identities.ts';
import { payloadMark } from '../store/columns/payload-mark-column.ts';
import { type StatementRow, statementsOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import { giveBack } from './jobs.ts';

interface HeldJob {
  readonly id: string;
  readonly lease: string;
}

/**
 * Finds the same statement of the same scanner; undefined when the log has none. A scanner that was
 * ended backwards and enrolled again with the same key has a statement that does not count: the job
 * is given back for other scanners.
 * @throws Problem `statement-replayed`
 */
export async function loggedTwin(
  registry: Registry,
  actor: Actor,
  {
    row,
    held,
    signed,
  }: { readonly row: VersionRow; readonly held: HeldJob; readonly signed: NewStatement },
): Promise<StatementRow | undefined> {
  const payload = payloadMark(digestOf(Buffer.from(signed.envelope.payload, 'base64')));
  const { chain } = await readMembers(registry);
  const all = await statementsOf(registry, row.id, predicateTypes.scan);
  const twin = all.find(
    (row) => row.payload === payload && nameOf(actor) === chain.memberOf(row.signer, latest)?.name,
  );
  if (twin === undefined || chain.isMember(twin.signer, 'scanner', twin.logIndex)) return twin;
  const why = `the scanner signed this report at log index ${twin.logIndex}, where its key does not count`;
  await giveBack(registry, actor, held, why);
  throw new Problem('statement-replayed', `Cannot accept the report: ${why}`, {
    hint: 'Enrol this scanner with a new key: skillgate member add NAME --role scanner --public-key FILE.',
  });
}
