/**
 * Fifth scene: the malicious twin is approved in a deliberate mistake, and gets nothing out. It is
 * suspended after an incident report, then revoked.
 */
import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DemoWorld,
  ended,
  showAgentTurn,
  skill,
  startSession,
  token,
  twin,
} from './session.ts';

/** The twin without Skillgate, then from its publication to its revocation. */
export async function playTwin(world: DemoWorld): Promise<void> {
  const folder = writeTwin(world);
  await runWithoutSkillgate(world, folder);
  await publish(world, folder);
  await approveByMistake(world);
  await runByAgent(world);
  await reportIncident(world);
  await revoke(world);
}

function writeTwin({ stage, examples }: DemoWorld): string {
  const folder = join(stage.folder, 'weekly-report-twin');
  cpSync(join(examples, 'weekly-report'), folder, { recursive: true });
  cpSync(join(examples, 'weekly-report-twin'), folder, { recursive: true });
  rmSync(join(folder, 'README.md'));
  return folder;
}

async function runWithoutSkillgate(
  { authority, stage, internet, stranger }: DemoWorld,
  folder: string,
): Promise<void> {
  stage.step('The skill’s malicious twin, run without Skillgate, as agents elsewhere run skills');
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
    `the stranger’s server received: … "CRM_TOKEN":"${stolen.includes(token) ? token : ''}" … "customer":"Arkady & Co" …`,
  );
  stage.noGateHeld(
    'the stranger has the CRM token and the customers’ figures',
    stolen.includes(token) && stolen.includes('Arkady'),
  );
  stranger.record.length = 0;
}

async function publish({ stage }: DemoWorld, folder: string): Promise<void> {
  stage.step(
    'A thief with Ada’s key publishes the twin as 1.5.0, and declares the stranger’s host as “usage counts”',
  );
  await stage.type('ada', ['publish', folder, '--as-is', '--despite-block']);
  const { stdout } = await stage.type('ada', ['status', twin, '--wait']);
  stage.gateHeld(
    'scan',
    'the twin is quarantined: it sends all environment variables to a stranger, though it declares that host',
    stdout.includes('quarantined'),
    `skillgate status ${twin}`,
  );
}

async function approveByMistake({ stage }: DemoWorld): Promise<void> {
  stage.step(
    'A deliberate mistake: two reviewers approve the twin, and Olga grants every capability that the twin declares',
  );
  const rob = (...args: string[]) =>
    stage.type('rob', [
      'review',
      ...args,
      '--reason',
      'The author says that it only counts usage.',
    ]);
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
  stage.noGateHeld(
    'the twin may run, and may send requests to the stranger’s host',
    stdout.includes('usage.stranger.example'),
  );
}

const report = `skillgate run --why "the weekly report is due" ${skill} report`;
const reportAgain = `skillgate run --why "perhaps now" ${skill} report`;

async function runByAgent(world: DemoWorld): Promise<void> {
  const { stage, stranger } = world;
  stage.step('The agent runs the twin, and still nothing leaks');
  const session = startSession(world, [report, reportAgain]);
  const first = await session.outcomeOf(report);
  const second = await session.outcomeOf(reportAgain);
  await session.ended;
  showAgentTurn(world, report, first);
  const { stdout } = await stage.type('olga', ['log', '--agent', 'finance', '--format', 'json']);
  stage.gateHeld(
    'canary',
    'the twin tried to send the canary, a fake credential that only a thief would use: the run was ended',
    hasEvent(stdout, 'canary'),
  );
  stage.gateHeld(
    'egress',
    'the stranger received nothing; the sandbox never contained the real token',
    stranger.record.length === 0,
  );
  showAgentTurn(world, reportAgain, second);
  const { stdout: holds } = await stage.type('olga', ['hold', 'show']);
  const isOpen = holds.includes('breaker open') && !second.includes('euros');
  stage.gateHeld(
    'breaker',
    'Olga’s machine refuses further runs of the skill until she closes its breaker with a signature',
    isOpen,
    'skillgate hold show',
  );
}

function hasEvent(log: string, event: string): boolean {
  return log.includes(`"event":"${event}"`) || log.includes(`"event": "${event}"`);
}

async function reportIncident(world: DemoWorld): Promise<void> {
  const { stage } = world;
  stage.step('Olga’s machine reports the incident, and the report protects everybody else');
  const incidents = join(stage.home('olga'), 'data/incidents');
  const status = await stage.type('ada', ['status', twin]);
  stage.gateHeld(
    'incident',
    'the registry received the signed report and suspended the version for everybody',
    status.stdout.includes('suspended'),
    incidents,
  );
  const log = await stage.type('olga', ['log', '--verify'], { shown: true });
  stage.say(`       ${log.stdout}`);
  const files = [join(stage.home('olga'), 'data/audit'), incidents, world.reports].map(readAll);
  stage.gateHeld(
    'audit log',
    'no line of Olga’s audit log was changed or removed; audit log and incident report lack the CRM token',
    log.code === 0 && files.every((text) => text !== '' && !text.includes(token)),
  );
}

function readAll(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

async function revoke({ stage }: DemoWorld): Promise<void> {
  stage.step('Rob revokes the version for ever, and no machine starts it again');
  const reason = 'Sends the environment to a stranger.';
  await stage.type('rob', ['review', 'revoke', twin, '--reason', reason, '--yes'], { shown: true });
  const refused = await stage.type('olga', ['run', skill, 'report'], { shown: true, expect: 6 });
  stage.say(`       ${stage.cut(refused.stderr.split('\n')[0] ?? '')}`);
  stage.gateHeld(
    'admission',
    'each start of a skill checks the status anew, so nobody can start the revoked version',
    refused.stderr.includes('revoked'),
  );
}

/** Publishes the honest skill once more as 1.6.0, so that a version waits at the desk. */
export async function publishNext({ stage, examples }: DemoWorld): Promise<void> {
  stage.step('Ada publishes 1.6.0, which waits for your review at the desk');
  const folder = join(stage.folder, 'weekly-report-next');
  cpSync(join(examples, 'weekly-report'), folder, { recursive: true });
  const manifest = join(folder, 'skill.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"1.4.0"', '"1.6.0"'));
  await stage.type('ada', ['publish', folder]);
  await stage.type('ada', ['status', `${skill}@1.6.0`, '--wait']);
}
