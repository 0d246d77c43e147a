/**
 * `skillgate scope publishers`: sets who may publish in a scope; claims must match exactly. The
 * owners do not change.
 */

import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseScope, type Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type Identity,
  type ScopePredicate,
  scopeStatement,
} from '../../skills-index/statement/attestation.ts';
import { identityId, printIdentity } from '../../skills-index/statement/identity-id.ts';
import { parseIdentity } from '../../skills-index/statement/parse-identity.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { postStatement, registryIdFor } from '../registries/post-statement.ts';
import { scopeAnswer } from '../registries/registry-answers.ts';
import { askRegistry, type RegistryWorld } from '../registries/registry-api.ts';
import { providers } from '../signing/keyless.ts';
import { type Someone, someoneFor } from '../signing/someone.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, joined, type Safe, safe } from '../terminal/output.ts';

export async function setPublishers(context: CommandContext): Promise<ExitCode> {
  const scope = parseScope(context.args[0]?.replace(/^@/, ''));
  const named = namedJob(context);
  const before = await askRegistry(context, `/api/v1/scopes/@${scope}`, scopeAnswer);
  if (before.statement === null)
    throw new Problem('scope-unclaimed', `Nobody owns @${scope}`, {
      hint: `skillgate scope claim ${scope}`,
    });
  const kept = context.options.add === true ? (before.publishers ?? before.owners) : [];
  const publishers =
    named === undefined
      ? undefined
      : [...kept.filter((publisher) => identityId(publisher) !== identityId(named)), named];
  const someone = await someoneFor(context);
  await requireScopeOwner(context, scope, someone);
  const change = {
    registry: await registryIdFor(context),
    scope,
    owners: before.owners,
    ...(publishers === undefined ? {} : { publishers }),
    previous: before.statement,
  };
  await confirmOthers(context, change, someone);
  const { digest, logIndex } = await postStatement(
    context,
    scopeStatement(change),
    await someone.signer(),
  );
  answer(
    context,
    {
      schema: 'skillgate.scope-publishers/1',
      scope,
      owners: change.owners,
      publishers: publishers ?? null,
      statement: digest,
      logIndex,
    },
    () => safe`${joined(publishersText(scope, publishers), '\n')}\nlog index ${logIndex}`,
  );
  return exitCodes.ok;
}

/** The job in the options; undefined with `--owners`. */
function namedJob({ options }: CommandContext): Identity | undefined {
  const { ci, workflow, ref, environment, owners } = options;
  if (owners === true) {
    if ([ci, workflow, ref, environment].some((one) => one !== undefined))
      throw usage('--owners cannot be combined with the options of a job');
    return undefined;
  }
  if (typeof ci !== 'string' || typeof workflow !== 'string')
    throw usage('name the job with --ci and --workflow, or lift the restriction with --owners');
  // Split at the last colon, because an issuer's URL contains others.
  const at = ci.lastIndexOf(':');
  const provider = ci.slice(0, Math.max(at, 0));
  const repository = ci.slice(at + 1);
  const known = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  if (known === undefined && !/^https?:\/\//.test(provider))
    throw usage(`${JSON.stringify(ci)} is not PROVIDER:ID with github, gitlab or an issuer’s URL`);
  const job = {
    issuer: known?.issuer ?? provider,
    repository,
    workflow: wholeWorkflow(workflow, known?.web),
    ...(ref === undefined ? {} : { ref }),
    ...(environment === undefined ? {} : { environment }),
  };
  try {
    return parseIdentity(job);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw usage(cause.reasons.map(({ message }) => message).join('; ') || cause.message);
  }
}

// A workflow without a repository matches no job, so nobody could publish in the scope.
function wholeWorkflow(workflow: string, web: string | undefined): string {
  if (/^https?:\/\//.test(workflow)) return workflow;
  if (web === undefined || !/^[\w-][\w.-]*(\/[\w-][\w.-]*)+\//.test(workflow))
    throw usage(
      `--workflow ${JSON.stringify(workflow)} does not name the repository of the file: write OWNER/REPOSITORY/FILE, or the whole URL`,
    );
  return `${web}${workflow}`;
}

// The other owners come from the registry and are signed here, so a person must confirm them.
async function confirmOthers(
  context: CommandContext,
  { scope, owners, publishers }: ScopePredicate,
  { ids }: Someone,
): Promise<void> {
  const others = owners.filter((owner) => !ids.includes(identityId(owner)));
  if (others.length === 0 || context.options.yes === true) return;
  const question = joined(
    [
      safe`@${scope} stays yours. These also own @${scope}:`,
      ...others.map((owner) => safe`  ${printIdentity(owner)}`),
      ...publishersText(scope, publishers),
    ],
    '\n',
  );
  await confirm(context, question, scope, '--yes');
}

function publishersText(scope: Scope, publishers: readonly Identity[] | undefined): Safe[] {
  if (publishers === undefined) return [safe`The owners of @${scope} may publish in @${scope}`];
  return [
    safe`Only these may publish in @${scope}:`,
    ...publishers.map((publisher) => safe`  ${printIdentity(publisher)}`),
  ];
}

function usage(why: string): Problem {
  return new Problem('usage', `Cannot set publishers: ${why}`, {
    hint: 'run skillgate whoami --oidc in the job: whoami prints the command for the owner',
  });
}

// The owners of a scope, from the registry: for messages only, never for a decision.

/** Requires that nobody else owns the scope. @throws Problem `scope-taken` with its owners */
export async function requireScopeOwner(
  world: RegistryWorld,
  scope: Scope,
  { ids, name }: Pick<Someone, 'ids' | 'name'>,
): Promise<void> {
  const { owners, statement } = await peopleOf(world, scope);
  if (owners.length === 0 && statement !== undefined)
    throw new Problem('scope-taken', `Cannot use @${scope}: ${noOwnerLeft}`, {
      hint: newOwner(scope),
    });
  if (owners.length === 0 || speaksFor(ids, owners)) return;
  throw new Problem(
    'scope-taken',
    `Cannot use @${scope}: the scope belongs to ${owners.map(printIdentity).join(', ')}, and you are ${name}`,
    {
      hint: 'use a scope of your own (skillgate scope claim NAME), or sign with the key that owns it: --key NAME',
    },
  );
}

/**
 * Requires that this user may publish in the scope, before a certificate is requested. @throws
 * Problem `scope-taken`, `scope-unclaimed`
 */
export async function requirePublisher(
  world: RegistryWorld,
  scope: Scope,
  { ids, name }: Someone,
): Promise<void> {
  const { owners, publishers, statement } = await peopleOf(world, scope);
  const allowed = publishers ?? owners;
  if (speaksFor(ids, allowed)) return;
  if (allowed.length === 0 && statement === undefined)
    throw new Problem('scope-unclaimed', `Nobody owns @${scope} yet`, {
      hint: `skillgate scope claim ${scope}; or sign in, where a private scope is yours: skillgate login`,
    });
  if (allowed.length === 0)
    throw new Problem('scope-taken', `Nobody may publish in @${scope}: ${noOwnerLeft}`, {
      hint: newOwner(scope),
    });
  throw new Problem(
    'scope-taken',
    `Cannot publish in @${scope}: ${allowed.map(printIdentity).join(', ')} may, and you are ${name}`,
    {
      hint: `an owner can let you publish: skillgate scope publishers ${scope} …`,
    },
  );
}

/** For a claimed scope without an owner. */
export const noOwnerLeft = 'the scope is claimed, but every owner’s key has ended';

/** The next step in this case. */
export function newOwner(scope: Scope): string {
  return `the administrators of the registry can give the scope a new owner: skillgate scope transfer ${scope} --to KEYFILE`;
}

function speaksFor(ids: readonly Digest[], identities: readonly Identity[]): boolean {
  return identities.some((one) => ids.includes(identityId(one)));
}

interface People {
  readonly owners: readonly Identity[];
  readonly publishers?: readonly Identity[] | undefined;
  /** Log index of the claim; undefined without a claim. */
  readonly statement?: Digest | undefined;
}

async function peopleOf(world: RegistryWorld, scope: Scope): Promise<People> {
  try {
    const { owners, publishers, statement, frozen } = await askRegistry(
      world,
      `/api/v1/scopes/@${scope}`,
      scopeAnswer,
    );
    if (frozen !== undefined) throw new Problem('scope-frozen', `@${scope} is frozen: ${frozen}`);
    return { owners, publishers, statement: statement ?? undefined };
  } catch (cause) {
    if (
      cause instanceof Problem &&
      (cause.code === 'not-found' || cause.code === 'scope-unclaimed')
    )
      return { owners: [] };
    throw cause;
  }
}
