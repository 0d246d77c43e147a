import { parseScope } from '../../skills-index/skill/name.ts';
import type { Identity } from '../../skills-index/statement/attestation.ts';
import { printIdentity } from '../../skills-index/statement/identity-id.ts';
import { printClaims } from '../../skills-index/trust/signatures/certified-identities.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { type QuotasAnswer, scopeAnswer, whoamiAnswer } from '../registries/registry-answers.ts';
import { askRegistry } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, bytesText, joined, type Safe, safe, table } from '../terminal/output.ts';

/** `skillgate whoami [--oidc]`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  if (context.options.oidc === true) return wouldSignAs(context);
  const signer = await signerFor(context);
  const { member, scopes, quotas, scopeQuotas } = await withSession(context, signer, (token) =>
    askRegistry(context, '/api/v1/whoami', whoamiAnswer, { token }),
  );
  const registry = context.registryBase;
  const restricted = await publishersOf(context, scopes);
  answer(
    context,
    {
      schema: 'skillgate.whoami/1',
      registry,
      key: signer.name,
      keyId: signer.keyId,
      member,
      scopes,
      publishers: restricted,
      quotas,
      scopeQuotas,
    },
    () =>
      table([
        ['registry', registry],
        ['key', safe`${signer.name} ${signer.keyId}`],
        ['member', member === null ? 'none' : safe`${member.name} (${joined(member.roles, ', ')})`],
        [
          'scopes',
          scopes.length === 0
            ? 'none'
            : joined(
                scopes.map((scope) => `@${scope.replace(/^@/, '')}`),
                ', ',
              ),
        ],
        ...quotaRows(quotas),
        ...Object.entries(scopeQuotas).flatMap(([scope, uses]) =>
          quotaRows(uses).map(([quota, use]) => [scope, safe`${quota}: ${use}`]),
        ),
        ...Object.entries(restricted).flatMap(([scope, publishers]) =>
          publishers.map((publisher) => [
            `@${scope}`,
            safe`only ${printIdentity(publisher)} publishes`,
          ]),
        ),
      ]),
  );
  return exitCodes.ok;
}

function quotaRows(quotas: QuotasAnswer): [string, Safe][] {
  return Object.entries(quotas).map(([quota, { used, max }]) => [
    quota,
    quota.endsWith('Bytes')
      ? safe`${bytesText(used)} of ${bytesText(max)} used`
      : safe`${used} of ${max} used`,
  ]);
}

/** Scopes of which not the owners, but others publish. */
async function publishersOf(
  context: CommandContext,
  scopes: readonly string[],
): Promise<Record<string, readonly Identity[]>> {
  const found: Record<string, readonly Identity[]> = {};
  for (const scope of scopes.map(parseScope)) {
    const { publishers } = await askRegistry(context, `/api/v1/scopes/@${scope}`, scopeAnswer);
    if (publishers !== undefined) found[scope] = publishers;
  }
  return found;
}

// Asks no registry: who would sign, as the token says.
async function wouldSignAs(context: CommandContext): Promise<ExitCode> {
  const { bearerOf, printPublisherHint } = await import('../signing/keyless.ts');
  const { claims } = await bearerOf(context);
  answer(
    context,
    { schema: 'skillgate.would-sign/1', ...claims },
    () => safe`${printClaims(claims)}`,
  );
  printPublisherHint(context, claims);
  return exitCodes.ok;
}
