/**
 * Fifth scene: the weaponised twin, let through by mistake on purpose, gets nothing out; it is
 * suspended by what it did, then revoked.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { showAgentTurn, startSession } from './session.ts';
import { ended } from './stage.ts';
import { type DemoWorld, skill, token, twin } from './world.ts';

/** Run it bare, publish it, let it through, let the agent run it, revoke it. */
export async function twinRoad(world: DemoWorld): Promise<void> {
  const folder = layOut(world);
  await runBare(world, folder);
  await publish(world, folder);
  await letThrough(world);
  await runByAgent(world);
  await showAftermath(world);
  await revoke(world);
}

function layOut({ stage, examples }: DemoWorld): string {
  const folder = join(stage.folder, 'weekly-report-twin');
  cpSync(join(examples, 'weekly-report'), folder, { recursive: true });
  cpSync(join(examples, 'weekly-report-twin'), folder, { recursive: true });
  rmSync(join(folder, 'README.md'));
  return folder;
}

async function runBare(
  { authority, stage, internet, stranger }: DemoWorld,
  folder: string,
): Promise<void> {
  stage.step('Its weaponised twin, run bare, the way skills run elsewhere');
  const proxy = `http://127.0.0.1:${internet.port}`;
  const env = {
    CRM_TOKEN: token,
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: proxy,
    NODE_EXTRA_CA_CERTS: authority,
  };
  const options = {
    cwd: stage.folder,
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: 'ignore',
  } as const;
  await ended(spawn(process.execPath, [join(folder, 'scripts/report.ts')], options));
  const [stolen = ''] = stranger.record;
  stage.say(
    `the stranger reads: … "CRM_TOKEN":"${stolen.includes(token) ? token : ''}" … "customer":"Arkady & Co" …`,
  );
  stage.lost(
    'a stranger has the token and the figures',
    stolen.includes(token) && stolen.includes('Arkady'),
  );
  stranger.record.length = 0;
}

async function publish({ stage }: DemoWorld, folder: string): Promise<void> {
  stage.step(
    'Somebody with Ada’s key publishes the twin as 1.5.0, its stranger declared as “usage counts”',
  );
  await stage.type('ada', ['publish', folder, '--as-is']);
  const { stdout } = await stage.type('ada', ['status', twin, '--wait']);
  const isHeld = stdout.includes('quarantined');
  stage.proven(
    'scan',
    'every environment variable goes to a stranger: quarantined, declared or not',
    isHeld,
    `skillgate status ${twin}`,
  );
}

async function letThrough({ stage }: DemoWorld): Promise<void> {
  stage.step(
    'By mistake, on purpose: two people sign it, Olga installs it and grants all that it asks for',
  );
  const rob = (...args: string[]) =>
    stage.type('rob', ['review', ...args, '--reason', 'It only counts usage, says the author.']);
  await rob('move', twin, '--to', 'in review');
  await rob('approve', twin, '--yes');
  await stage.type('rita', [
    'review',
    'approve',
    twin,
    '--reason',
    'Looks like last time.',
    '--yes',
  ]);
  await stage.type('olga', ['install', twin, '--yes']);
  await stage.type('olga', ['agent', 'grant', 'finance', '--all-of', skill]);
  const { stdout } = await stage.type('olga', [
    'run',
    '--plan',
    '--agent',
    'finance',
    skill,
    'report',
  ]);
  stage.lost(
    'the twin may run, and may send to the stranger',
    stdout.includes('usage.stranger.example'),
  );
}

const report = `skillgate run --why "the weekly report is due" ${skill} report`;
const again = `skillgate run --why "perhaps now" ${skill} report`;

async function runByAgent(world: DemoWorld): Promise<void> {
  const { stage, stranger } = world;
  stage.step('The agent runs it, and still nothing leaks');
  const session = startSession(world, [report, again]);
  const first = await session.said(report);
  const second = await session.said(again);
  await session.ended;
  showAgentTurn(world, report, first);
  const { stdout } = await stage.type('olga', ['log', '--agent', 'finance', '--format', 'json']);
  stage.proven(
    'canary',
    'a credential that only a thief would send was in what left: the run was ended',
    hasEvent(stdout, 'canary'),
  );
  stage.proven(
    'egress',
    'the stranger got nothing; the token was never in there to be taken',
    stranger.record.length === 0,
  );
  showAgentTurn(world, again, second);
  const { stdout: holds } = await stage.type('olga', ['hold', 'list']);
  const isOpen = holds.includes('breaker open') && !second.includes('euros');
  stage.proven(
    'breaker',
    'open on this machine too, until Olga closes it with a signature',
    isOpen,
    'skillgate hold list',
  );
}

function hasEvent(log: string, event: string): boolean {
  return log.includes(`"event":"${event}"`) || log.includes(`"event": "${event}"`);
}

async function showAftermath(world: DemoWorld): Promise<void> {
  const { stage } = world;
  stage.step('What it did is told, signed, and reaches everybody else who has it');
  const incidents = join(stage.home('olga'), 'data/incidents');
  const status = await stage.type('ada', ['status', twin]);
  stage.proven(
    'incident',
    'this host’s signed report suspended the version in the registry',
    status.stdout.includes('suspended'),
    incidents,
  );
  const isClean =
    !readAll(world.reports).includes(token) &&
    existsSync(incidents) &&
    !readAll(incidents).includes(token);
  const log = await stage.type('olga', ['log', 'verify'], { told: true });
  stage.say(`       ${log.stdout}`);
  stage.proven(
    'audit log',
    'every line is there as it was written, and neither it nor a report holds the token',
    isClean && log.code === 0,
  );
}

function readAll(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

async function revoke({ stage }: DemoWorld): Promise<void> {
  stage.step('Rob revokes it for ever, and no machine starts it again');
  const reason = 'Sends the environment to a stranger.';
  await stage.type('rob', ['review', 'revoke', twin, '--reason', reason, '--yes'], { told: true });
  const refused = await stage.type('olga', ['run', skill, 'report'], { told: true, expect: 6 });
  stage.say(`       ${stage.cut(refused.stderr.split('\n')[0] ?? '')}`);
  stage.proven(
    'admission',
    'asked anew at each start: it does not start, whoever asks',
    refused.stderr.includes('revoked'),
  );
}

/** Publishes the honest skill once more as 1.6.0, so that something waits at the desk. */
export async function publishNext({ stage, examples }: DemoWorld): Promise<void> {
  stage.step('Ada publishes 1.6.0, which waits for you');
  const folder = join(stage.folder, 'weekly-report-next');
  cpSync(join(examples, 'weekly-report'), folder, { recursive: true });
  const manifest = join(folder, 'skill.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"1.4.0"', '"1.6.0"'));
  await stage.type('ada', ['publish', folder]);
  await stage.type('ada', ['status', `${skill}@1.6.0`, '--wait']);
}
