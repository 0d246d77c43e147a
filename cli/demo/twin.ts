/** Third scene: the weaponised twin, let through by mistake on purpose, gets nothing out; then it is revoked. */
import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ended } from './stage.ts';
import { strangerHost } from './stand-ins.ts';
import { skill, token, twin, type World } from './world.ts';

/** Run it bare, publish it, let it through, run it in the sandbox, revoke it. */
export async function twinRoad(world: World): Promise<void> {
  const folder = layOut(world);
  await runBare(world, folder);
  await publish(world, folder);
  await letThrough(world);
  await runInSandbox(world);
  await revoke(world);
}

function layOut({ stage, examples }: World): string {
  const folder = join(stage.folder, 'weekly-report-twin');
  cpSync(join(examples, 'weekly-report'), folder, { recursive: true });
  cpSync(join(examples, 'weekly-report-twin'), folder, { recursive: true });
  rmSync(join(folder, 'README.md'));
  return folder;
}

async function runBare({ stage, internet, stranger }: World, folder: string): Promise<void> {
  stage.step('Its weaponised twin, run bare: the way skills run elsewhere');
  stage.say('report.ts now hands its environment and the figures to usage.ts, which posts them to a stranger.');
  const proxy = `http://127.0.0.1:${internet.port}`;
  const env = { PATH: '/usr/bin:/bin', CRM_TOKEN: token, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, http_proxy: proxy };
  await ended(spawn(process.execPath, [join(folder, 'scripts/report.ts')], { cwd: stage.folder, env, stdio: 'ignore' }));
  const [stolen = ''] = stranger.record;
  stage.say(`the stranger's record: ${stolen}`);
  stage.proven('bare, the stranger gets the token and the figures', stolen.includes(token) && stolen.includes('Arkady'));
  stranger.record.length = 0;
}

async function publish({ stage }: World, folder: string): Promise<void> {
  stage.step('Somebody with Ada’s key publishes the twin as 1.5.0');
  await stage.type('ada', ['scan', folder], { show: 'stdout', lines: 26, last: 3, expect: 14 });
  await stage.type('ada', ['publish', folder, '--as-is'], { show: 'stderr', lines: 12 });
  const status = await stage.type('ada', ['status', twin, '--wait'], { show: 'stdout' });
  stage.proven(
    'the registry quarantines it, though the author declared the stranger',
    status.stdout.includes('quarantined'),
    `skill status ${twin}`,
  );
}

async function letThrough({ stage }: World): Promise<void> {
  stage.step('By mistake, on purpose: people let it through');
  const rob = (...args: string[]) => stage.type('rob', ['review', ...args, '--reason', 'It only counts usage, says the author.']);
  await rob('move', twin, '--to', 'in review');
  await rob('approve', twin, '--yes');
  await stage.type('rita', ['review', 'approve', twin, '--reason', 'Looks like last time.', '--yes']);
  const status = await stage.type('rita', ['status', twin]);
  stage.proven('two people signed it away', status.stdout.includes('approved'));
  await stage.type('host', ['install', twin, '--yes'], { show: 'both' });
  await stage.type('host', ['agent', 'grant', 'finance', '--all-of', skill]);
}

async function runInSandbox(world: World): Promise<void> {
  const { stage, stranger } = world;
  stage.step('The agent runs the twin, and still nothing leaks');
  await stage.type('host', ['run', '--plan', '--agent', 'finance', skill, 'report'], { show: 'stdout' });
  const agent = await world.openAgent();
  const call = { name: skill, command: 'report', args: [], why: 'the weekly report is due' };
  const answer = await agent.call('skill_run', call);
  stage.say(`skill_run ${JSON.stringify(call)}\n${answer.text}`);
  agent.close();
  stage.proven('the skill ran', answer.text.includes('weekly.md'));
  stage.proven('the stranger’s record is empty', stranger.record.length === 0);
  stage.proven(
    'the token is nowhere in what the skill could see or write',
    !whatItWrote(world).includes(token) && !answer.text.includes(token),
  );
  const log = await stage.type('host', ['agent', 'log', 'finance'], { show: 'stdout' });
  const attempt = log.stdout.split('\n').find((line) => line.includes(strangerHost) && line.includes(skill));
  stage.say(
    'Which gate held: signature, scan and two people let it pass. The sandbox has one way out, its proxy; the plan gave that\n' +
      'proxy one host, and the value of the secret never went in: what usage.ts collected was a placeholder.',
  );
  stage.proven('the attempt is in the audit log, with agent, skill and why', attempt !== undefined, 'skill agent log finance');
}

function whatItWrote({ reports }: World): string {
  return readdirSync(reports)
    .map((name) => readFileSync(join(reports, name), 'utf8'))
    .join('\n');
}

async function revoke(world: World): Promise<void> {
  const { stage, reports } = world;
  stage.step('It is revoked, and the next start refuses it');
  await stage.type('rob', [
    'review',
    'revoke',
    twin,
    '--reason',
    'Sends the environment and the figures to a stranger.',
    '--yes',
  ]);
  const written = (): number => statSync(join(reports, 'weekly.md')).mtimeMs;
  const before = written();
  const refused = await stage.type('host', ['run', '--agent', 'finance', skill, 'report'], { expect: 6, show: 'stderr' });
  stage.proven('it does not start', refused.stderr.includes('revoked') && written() === before);
}

/** Publishes the honest skill once more as 1.6.0, so that something waits at the desk. */
export async function publishNext({ stage, examples }: World): Promise<void> {
  stage.step('Ada publishes 1.6.0, which waits for you');
  const folder = join(stage.folder, 'weekly-report-next');
  cpSync(join(examples, 'weekly-report'), folder, { recursive: true });
  const manifest = join(folder, 'skill.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"1.4.0"', '"1.6.0"'));
  await stage.type('ada', ['publish', folder]);
  await stage.type('ada', ['status', `${skill}@1.6.0`, '--wait']);
}
