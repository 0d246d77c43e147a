import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import { requireOwnRegistry } from '../../skills-index/trust/signatures/require-own-registry.ts';
import { requireCertifiable } from '../../skills-index/trust/signatures/verify-statement.ts';
import type { Registry } from '../context.ts';
import { settlePutOff } from '../index/put-off.ts';
import { orSayLogged } from '../log/after-logging.ts';
import type { LoggedAt } from '../log/appending.ts';
import { findKeys } from '../people/actors.ts';
import { isIdentityStatement } from '../people/identities.ts';
import { contradictsHint, type SentEnvelope } from '../people/signer.ts';
import { takeApproval } from '../review/approval-intake.ts';
import { takeRevocation } from '../stops/revocations.ts';
import { requireBlob } from '../store/blobs.ts';
import { takeAdvice } from './advice-intake.ts';
import { takeIdentity, unknownSigner } from './identity-intake.ts';
import { findLogged, isLate, orSayKnown, requireNewest, settleAgain } from './replays.ts';

export interface AcceptedStatement extends LoggedAt {
  /** The Sigstore bundle's JSON. */
  readonly bundle: unknown;
}

/**
 * Takes an approval by key, a revocation, an author's advice, or an identity statement.
 * @throws Problem `other-registry`, `statement-replayed`, `statement-invalid`, `key-unknown`,
 * `scope-taken`, `forbidden`, `approval-refused`, `move-illegal`, `not-found`
 */
export async function takeStatement(
  registry: Registry,
  sent: SentEnvelope,
): Promise<AcceptedStatement> {
  const before = await orSayKnown(registry, sent, async () => {
    const keys = await findKeys(registry, [sent.hint]);
    if (contradictsHint(sent, keys)) throw unknownSigner();
    return findLogged(registry, sent);
  });
  if (before !== undefined)
    await requireNewest(registry, peekStatement(sent.envelope), before.logIndex);
  const logged = before ?? (await judgeOnce(registry, sent));
  if (before !== undefined) await settleAgain(registry, before);
  settlePutOff(registry);
  const bytes = await orSayLogged(registry, [logged.logIndex], () =>
    requireBlob(registry, logged.digest),
  );
  return { ...logged, bundle: parseJson(bytes, 'the statement').value };
}

/** Of two requests with one statement, the slower gets the answer of the faster. */
async function judgeOnce(registry: Registry, sent: SentEnvelope): Promise<LoggedAt> {
  try {
    return await judge(registry, sent);
  } catch (error) {
    const logged = isLate(error) ? await findLogged(registry, sent) : undefined;
    if (logged === undefined) throw error;
    return logged;
  }
}

async function judge(registry: Registry, sent: SentEnvelope): Promise<LoggedAt> {
  const statement = peekStatement(sent.envelope);
  if (sent.bundle !== undefined) requireCertifiable(statement);
  requireOwnRegistry(registry.root, statement);
  if (isIdentityStatement(statement)) return takeIdentity(registry, sent, statement);
  switch (statement.predicateType) {
    case predicateTypes.approval:
      return takeApproval(registry, sent, statement);
    case predicateTypes.revocation:
      return takeRevocation(registry, sent, statement);
    case predicateTypes.advice:
      return takeAdvice(registry, sent, statement);
    case predicateTypes.publish:
    case predicateTypes.provenance:
      throw new Problem(
        'request-invalid',
        'Send a publication with its bundle to /api/v1/versions',
      );
    case predicateTypes.scan:
      throw new Problem('request-invalid', 'Send a scan report to its job: /api/v1/jobs/ID/report');
    case predicateTypes.observed:
      throw new Problem(
        'request-invalid',
        'Send an observation to its version: /api/v1/versions/@SCOPE/NAME/VERSION/observations',
      );
    case predicateTypes.summary:
      throw new Problem('forbidden', 'Only the registry itself signs verification summaries');
  }
}
