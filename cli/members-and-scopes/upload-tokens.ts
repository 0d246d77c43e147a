import * as v from 'valibot';
import { parseScope, type Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { askRegistry } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, count, joined, printNote, safe, table } from '../terminal/output.ts';

const schema = 'skillgate.upload-tokens/1';
const tokensAnswer = v.object({
  tokens: v.array(
    v.looseObject({
      label: v.string(),
      by: v.string(),
      createdAt: v.string(),
      usedAt: v.nullable(v.string()),
      expires: v.string(),
    }),
  ),
});
const madeAnswer = v.object({ token: v.string(), expires: v.string() });
const endedAnswer = v.object({ ended: v.string() });

/** `skillgate scope token`: the tokens with which clients that hold no key upload to a scope. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const scope = parseScope(context.args[0]?.replace(/^@/, ''));
  const label = context.args[1];
  const { days, remove } = context.options;
  if (label === undefined && (days !== undefined || remove === true))
    throw new Problem('usage', 'Name the token: skillgate scope token SCOPE LABEL');
  const signer = await signerFor(context);
  const path = `/api/v1/scopes/@${scope}/upload-tokens`;
  await withSession(context, signer, async (token) => {
    if (label === undefined) return list(context, scope, path, token);
    if (remove !== true) return make(context, scope, { path, token, label, days: daysOf(days) });
    const method = 'DELETE';
    const of = `${path}/${encodeURIComponent(label)}`;
    await askRegistry(context, of, endedAnswer, { method, token });
    answer(
      context,
      { schema, scope, ended: label },
      () => safe`The token ${label} of @${scope} counts no more. Uploads that wait stay.`,
    );
  });
  return exitCodes.ok;
}

async function list(
  context: CommandContext,
  scope: Scope,
  path: string,
  token: string,
): Promise<void> {
  const { tokens } = await askRegistry(context, path, tokensAnswer, { token });
  answer(context, { schema, scope, tokens }, () =>
    joined(
      [
        safe`${count(tokens.length, 'token')} of @${scope}`,
        ...(tokens.length === 0
          ? []
          : [
              table([
                ['label', 'last used (to the minute)', 'expires', 'made by'],
                ...tokens.map(({ label, by, usedAt, expires }) => [
                  label,
                  usedAt ?? 'never',
                  expires,
                  by,
                ]),
              ]),
            ]),
      ],
      '\n',
    ),
  );
}

async function make(
  context: CommandContext,
  scope: Scope,
  {
    path,
    token: session,
    label,
    days,
  }: {
    readonly path: string;
    readonly token: string;
    readonly label: string;
    readonly days: number;
  },
): Promise<void> {
  const json = { label, days };
  const { token, expires } = await askRegistry(context, path, madeAnswer, { token: session, json });
  const base = context.registryBase;
  answer(context, { schema, scope, label, token, expires }, () =>
    joined(
      [
        safe`token:   ${token}`,
        safe`         It is shown once. It uploads to @${scope} until ${expires}, and does nothing else.`,
      ],
      '\n',
    ),
  );
  printNote(
    context,
    safe`Next: CLAWHUB_REGISTRY=${base} CLAWHUB_SITE=${base} clawhub login --token TOKEN`,
  );
  printNote(context, safe`An upload waits until you adopt it: skillgate publish --adopt`);
}

const daysDefault = 30;

function daysOf(text: unknown): number {
  if (text === undefined) return daysDefault;
  const days = Number(text);
  if (Number.isSafeInteger(days) && days > 0) return days;
  throw new Problem('usage', `--days must be a whole number, not ${JSON.stringify(text)}`);
}
