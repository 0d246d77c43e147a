/**
 * `skillgate hold show|allow|deny`: actions that wait for a person on this host, and the
 * answers.
 */
import { join } from 'node:path';
import { breakerFile } from '../../runner/agents/breakers.ts';
import { holdFiles, requestPath } from '../../runner/holds/holds.ts';
import { readHeldRequest } from '../../runner/holds/read-request.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';

import { breakerEvent } from '../../skills-index/run/agents/breaker.ts';
import { allowanceText, canAnswer, isAsShown } from '../../skills-index/run/holds/hold-action.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { heldChanges, heldChangesText } from '../changes/held-changes.ts';
import { diffLinesMax } from '../changes/offer.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { parseBase } from '../registries/registry-base.ts';
import { hostFiles } from '../run/host-files.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import {
  type Allowance,
  findHold,
  type HoldHere,
  holdsFolderOf,
  makeAnswer,
  putAnswer,
  readHolds,
} from './answer.ts';
import { describeHold, requestText, runInMailbox, shownBody } from './mailbox-desk.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const { mailbox } = context.options;
  if (typeof mailbox === 'string')
    return runInMailbox(
      context,
      parseBase(mailbox),
      allowanceOf(context),
      () => hostFiles(context).audit,
    );
  const policy = readHostPolicy(join(context.paths.config, 'host.json'));
  const [id] = context.args;
  if (id === undefined) return list(context, policy);
  const here = findHold(context, policy, id);
  if (context.command === 'hold show') return show(context, here);
  printNote(context, describeHold(here));
  const verdict = context.command === 'hold allow' ? 'allow' : 'deny';
  const changes = verdict === 'allow' ? heldChanges(context, here.hold) : undefined;
  if (changes !== undefined)
    printNote(
      context,
      heldChangesText(changes, inkFor(context.stderr, context.env), { linesMax: diffLinesMax }),
    );
  if (typeof changes === 'string' && here.state === 'waiting')
    throw new Problem('hold-denied', `Cannot allow ${here.hold.id}: ${changes}`, {
      hint: 'see which changes wait on this host: skillgate changes show',
    });
  if (verdict === 'deny' && here.state === 'allowed')
    return takeBack(context, here, 'the allowance is revoked');
  if (verdict === 'allow' && here.state === 'denied')
    return takeBack(
      context,
      here,
      'the denial is revoked: the next action of this kind waits for a person again',
    );
  if (here.state === 'denied')
    return done(context, here, `the action is denied already, until ${here.until}`);
  if (here.state === 'open' && verdict === 'deny')
    return done(context, here, 'the breaker stays open');
  if (here.state === 'allowed')
    return done(context, here, `the action is allowed already, until ${here.until}`);
  const allowance = allowanceOf(context);
  if (here.state === 'open' && isForOperatorAlone(here, policy))
    return closeUnsigned(context, here);
  // The hold shows another action than its digest covers, so an allowance would not count.
  if (here.state === 'waiting' && !isAsShown(here.hold))
    throw new Problem(
      'hold-denied',
      `Cannot answer hold ${here.hold.id}: the file of this hold was not written by a runner`,
      {
        hint: 'the waiting runner holds another action than the file shows; do not answer this hold: it expires by itself',
      },
    );
  const answered = await makeAnswer(
    context,
    policy,
    { hold: here.hold, verdict, allowance },
    hostFiles(context).audit,
  );
  if (answered.kind === 'to-sign') {
    const { challenge, approver } = answered;
    const { schema: _, ...passkey } = { schema: '', ...approver.passkey };
    answer(
      context,
      { schema: 'skillgate.hold-challenge/1', answer: answered.answer, challenge, ...passkey },
      () =>
        safe`sign this challenge with the passkey ${passkey.credentialId ?? ''} at ${passkey.origin ?? ''}: ${challenge}`,
    );
    printNote(
      context,
      safe`Then: skillgate hold ${verdict} ${here.hold.id} --signed FILE, with {"answer": …, "assertion": …} in it.`,
    );
    return exitCodes.ok;
  }
  putAnswer(answered.path, answered.signed);
  return done(
    context,
    here,
    `${verdict === 'allow' ? 'allowed' : 'denied'} by ${answered.signed.answer.approver}${allowanceText(allowance)}`,
  );
}

function list(context: CommandContext, policy: HostPolicy): ExitCode {
  const found = readHolds(context, policy);
  answer(context, { schema: 'skillgate.holds/1', holds: found }, () =>
    found.length === 0
      ? safe`On this host, no action waits for a person.`
      : joined(found.map(describeHold), '\n'),
  );
  return exitCodes.ok;
}

// Shows the whole action, because the text in the hold itself is shortened.
function show(context: CommandContext, here: HoldHere): ExitCode {
  const changes = heldChanges(context, here.hold);
  if (changes !== undefined) {
    const shownChanges = typeof changes === 'string' ? { why: changes } : changes.set;
    answer(context, { schema: 'skillgate.hold-shown/1', ...here, changes: shownChanges }, () =>
      joined(
        [describeHold(here), heldChangesText(changes, inkFor(context.stdout, context.env))],
        '\n',
      ),
    );
    return exitCodes.ok;
  }
  const folder = holdsFolderOf(context);
  const request = readHeldRequest(folder, here.hold);
  const path = requestPath(folder, here.hold);
  const whole =
    request === undefined ? {} : { request: { ...request, body: shownBody(request), file: path } };
  answer(context, { schema: 'skillgate.hold-shown/1', ...here, ...whole }, () =>
    request === undefined
      ? describeHold(here)
      : joined([describeHold(here), requestText(request, path)], '\n'),
  );
  if (request === undefined && here.hold.kind === 'egress')
    printNote(
      context,
      safe`the request of this hold is not stored: the hold was answered, or the request is an encrypted tunnel`,
    );
  return exitCodes.ok;
}

function done(context: CommandContext, { hold }: HoldHere, what: string): ExitCode {
  answer(
    context,
    { schema: 'skillgate.hold-answered/1', id: hold.id, what },
    () => safe`${hold.id}: ${what}`,
  );
  return exitCodes.ok;
}

// Revoking an allowance needs no signature, because it only removes rights.
function takeBack(context: CommandContext, here: HoldHere, what: string): ExitCode {
  holdFiles(holdsFolderOf(context)).forget(here.hold);
  return done(context, here, what);
}

function isForOperatorAlone({ hold }: HoldHere, { approvers }: HostPolicy): boolean {
  return hold.agent === 'operator' && !approvers.some((one) => canAnswer(one, []));
}

// Without approvers, operators may close breakers of their own runs. An agent's breaker stays open.
async function closeUnsigned(context: CommandContext, { hold }: HoldHere): Promise<ExitCode> {
  await confirm(
    context,
    safe`Let ${hold.skill}@${hold.version} run again?`,
    'yes',
    'name an approver: skillgate host approver add NAME',
  );
  const file = breakerFile(join(context.paths.data, 'breakers'), hold);
  const open = file.read()?.open;
  const { run, agent, skill, version } = hold;
  file.remove();
  if (open !== undefined)
    hostFiles(context).audit.record(
      { run, agent, skill, version },
      breakerEvent(open, 'closed', 'operator at the terminal, unsigned'),
    );
  return done(context, { state: 'open', hold }, 'closed by the operator at the terminal, unsigned');
}

function allowanceOf({ options }: CommandContext): Allowance {
  const { for: text } = options;
  if (text === undefined) return { seconds: 0 };
  // A run lasts no longer than an allowance may.
  if (text === 'run') return { seconds: 86_400, run: true };
  const [, number = '', unit = ''] = /^(\d{1,5})(s|m|h)$/.exec(String(text)) ?? [];
  const seconds = Number(number) * ({ s: 1, m: 60, h: 3_600 }[unit] ?? 0);
  if (seconds >= 1 && seconds <= 86_400) return { seconds };
  throw new Problem(
    'usage',
    `Cannot read --for ${JSON.stringify(text)}: write run, or 90s, 15m or 8h, at most 24h`,
  );
}
