/** First scene: a registry, its people, their keys, and the world around them. */
import { chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Problem } from '../../skills-index/skill/problem.ts';
import { openAgent } from './agent.ts';
import type { Person, Stage } from './stage.ts';
import { crmHost, startCrm, startInternet, startStranger, strangerHost } from './stand-ins.ts';
import { token, type World } from './world.ts';

const nobody = 65_534;

/** Starts the registry and the stand-ins, makes the keys and enrols the people. */
export async function setUp(stage: Stage, examples: string): Promise<World> {
  const base = await startRegistry(stage);
  await makePeople(stage);
  const [crm, stranger] = [await startCrm(token), await startStranger()];
  const internet = await startInternet({ [crmHost]: crm, [strangerHost]: stranger });
  stage.afterwards(crm.close, stranger.close, internet.close);
  const reports = join(stage.folder, 'reports');
  mkdirSync(reports);
  if (process.getuid?.() === 0) chownSync(reports, nobody, nobody);
  return {
    stage,
    examples,
    base,
    crm,
    stranger,
    internet,
    reports,
    openAgent: () => openAgent(stage.start('host', ['mcp', '--agent', 'finance'])),
  };
}

async function startRegistry(stage: Stage): Promise<string> {
  stage.step('A registry on this machine');
  const folder = join(stage.folder, 'registry');
  const init = await stage.type('operator', ['registry', 'init', folder, '--format', 'json']);
  const { fingerprint } = JSON.parse(init.stdout) as { fingerprint: string };
  stage.say('operator $ skill serve registry --port 0');
  const base = await addressOf(stage, folder);
  stage.useRegistry(base);
  for (const person of ['operator', 'ada', 'rita', 'rob', 'host'] as const) {
    await stage.type(person, ['registry', 'add', base, '--root', fingerprint]);
  }
  const health = await fetch(`${base}/healthz`);
  stage.proven(
    'the registry answers, and everybody pinned the fingerprint of its root file',
    health.ok,
    `${base}/index/root.json`,
  );
  return base;
}

async function addressOf(stage: Stage, folder: string): Promise<string> {
  const child = stage.start('operator', ['serve', folder, '--port', '0']);
  const seen: string[] = [];
  if (child.stdout === null || child.stderr === null) throw new Problem('internal', 'skill serve has no output');
  child.stderr.setEncoding('utf8').on('data', (text: string) => seen.push(text));
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(line);
    const address = /http:\/\/[\w.-]+:\d+/.exec(line);
    if (address !== null) {
      child.stdout.resume();
      return address[0];
    }
  }
  throw new Problem('internal', `skill serve did not start:\n${seen.join('\n')}`);
}

async function makePeople(stage: Stage): Promise<void> {
  stage.step('An author, two reviewers, each with a key of their own');
  for (const person of ['ada', 'rita', 'rob'] as const) await stage.type(person, ['key', 'create', person]);
  await stage.type('ada', ['scope', 'claim', 'acme']);
  for (const person of ['rita', 'rob'] as const) {
    await stage.type('operator', ['member', 'add', person, '--role', 'reviewer', '--public-key', publicKey(stage, person)]);
  }
  const members = await stage.type('operator', ['member', 'list'], { show: 'stdout' });
  stage.proven(
    'rita and rob are reviewers by statements that the administrator signed',
    ['rita', 'rob'].every((name) => members.stdout.includes(name)),
  );
}

// The public part is what people hand to the administrator.
function publicKey(stage: Stage, person: Person): string {
  const handed = join(stage.folder, `${person}.pub.json`);
  copyFileSync(join(stage.home(person), 'config', 'keys', `${person}.pub.json`), handed);
  return handed;
}

/** What the operator of the agent's machine allows: two lines of host policy, a secret, an identity. */
export async function setUpHost({ stage, crm, reports }: World): Promise<void> {
  stage.step('A machine with an agent on it: host policy, a secret, an identity');
  const policy = { hosts: { [crmHost]: `127.0.0.1:${crm.port}` }, workspaces: { reports }, env: { TZ: 'Europe/Berlin' } };
  const path = join(stage.home('host'), 'config', 'host.json');
  writeFileSync(path, `${JSON.stringify(policy, null, 2)}\n`, { mode: 0o600 });
  stage.say(`host policy ${JSON.stringify(policy)}`);
  await stage.type('host', ['secret', 'set', 'CRM_TOKEN', '--host', crmHost], { stdin: `${token}\n` });
  await stage.type('host', ['agent', 'create', 'finance']);
}
