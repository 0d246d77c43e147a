/**
 * Fourth scene: the agent works, in a sandbox; its skill in another beside it; a request waits for
 * Olga, and so does what was changed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answers } from './host.ts';
import { answerHold, showAgentTurn, startSession } from './session.ts';
import { deals } from './stand-ins.ts';
import { type DemoWorld, skill, token } from './world.ts';

const report = `skillgate run --why "the weekly report is due" ${skill} report`;
const outside = 'curl -sS https://usage.stranger.example/';
const allowItself = 'skillgate hold allow 3f9c0a1b2d4e';
const file = `skillgate run --why "Ann wants it in the CRM" ${skill} file`;
const fileAgain = `skillgate run --why "once more, to be sure" ${skill} file`;

/** The agent's honest session, and what is left of it. */
export async function work(world: DemoWorld, answers: Answers): Promise<void> {
  await inSession(world, answers);
  await acceptChanges(world, answers);
}

async function inSession(world: DemoWorld, answers: Answers): Promise<void> {
  const { crm, model, stage } = world;
  stage.step('The agent works in a sandbox; each skill that it runs gets another one, beside it');
  stage.say(
    '(A scripted stand-in for an agent: it does whatever its model, also a stand-in, says.)',
  );
  const session = startSession(world, [report, outside, allowItself, file, fileAgain]);
  const came = [
    await session.said(report),
    await session.said(outside),
    await session.said(allowItself),
  ];
  for (const [at, line] of [report, outside, allowItself].entries())
    showAgentTurn(world, line, came[at] ?? '');
  const total = String(deals.reduce((sum, deal) => sum + deal.euros, 0));
  stage.proven(
    'egress',
    'the skill read its one host, inside TLS that the proxy opened and judged',
    came[0]?.includes(total) === true,
  );
  const isShut =
    came[1]?.includes('403') === true && came[2]?.includes('there is no `hold') === true;
  stage.proven(
    'sandbox',
    'the agent reaches its model and its skills: no other host, and no word in what is allowed',
    isShut,
  );

  stage.step('Sending something into the CRM waits for Olga, who lets it through once');
  stage.say(
    '(The demo types for her at a terminal of its own: the passphrase, which the agent cannot know.)',
  );
  await answerHold(world, 'allow', answers);
  showAgentTurn(world, file, await session.said(file));
  stage.proven(
    'hold',
    'the request waited with its connection open, and left when she had signed',
    crm.filed.length === 1,
  );
  await answerHold(world, 'deny', answers);
  showAgentTurn(world, fileAgain, await session.said(fileAgain));
  stage.proven(
    'hold',
    'the same again was asked again; she said no, and nothing was sent',
    crm.filed.length === 1,
  );
  const { stdout } = await session.ended;
  const seen = [stdout, ...model.heard].join('\n');
  const isOutside = crm.tokens.every((one) => one === `Bearer ${token}`) && !seen.includes(token);
  stage.proven(
    'secret',
    'the CRM got the real token, put in by the proxy; neither the agent nor its model ever saw it',
    isOutside,
  );
}

interface Waiting {
  readonly runs: readonly { readonly run: string; readonly digest: string }[];
}

async function acceptChanges(world: DemoWorld, answers: Answers): Promise<void> {
  const { reports, stage } = world;
  stage.step('What the skill wrote is in its view of the folder, until Olga accepts it');
  const written = join(reports, 'weekly.md');
  const { stdout } = await stage.type('olga', ['changes', 'list', '--format', 'json']);
  const [waiting] = (JSON.parse(stdout) as Waiting).runs;
  const { run = '', digest = '' } = waiting ?? {};
  const shown = await stage.type('olga', ['changes', 'show', run.slice(0, 8)], { told: true });
  stage.say(diffOf(shown.stdout, 'weekly.md'));
  const before = existsSync(written);
  const accepted = stage.type('olga', ['changes', 'accept', run.slice(0, 8), '--digest', digest]);
  await Promise.all([accepted, answerHold(world, 'allow', answers)]);
  const isThere = existsSync(written) && readFileSync(written, 'utf8').includes('Arkady');
  stage.proven(
    'view',
    'nothing was in the folder before; exactly what was shown is in it now',
    !before && isThere,
    written,
  );
}

// What one file would get, of what `skill changes show` printed.
function diffOf(text: string, path: string): string {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.includes(path));
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => !/^( |@|\+|-)/.test(line));
  const added = rest.slice(0, end === -1 ? undefined : end).filter((line) => /^ *\+./.test(line));
  return [lines[from] ?? '', ...added].join('\n').replace(/^/gm, '       ');
}
