/** First scene: a registry, its people and their keys, and the servers that the skill talks to. */
import { chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as audit from '../../runner/audit/public.ts';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandResult, Person, Stage } from './stage.ts';
import {
  crmHost,
  startCrm,
  startInternet,
  startModel,
  startStranger,
  strangerHost,
} from './stand-ins.ts';
import { type DemoWorld, token } from './world.ts';

const nobody = 65_534;

/** Starts the registry and the stand-ins, makes the keys and enrols the people. */
export async function setUp(stage: Stage, examples: string): Promise<DemoWorld> {
  stage.step(
    'A registry; Ada, an author; Rita and Rob, reviewers; Olga, who runs an agent on her machine',
  );
  const base = await startRegistry(stage);
  await makePeople(stage);
  const authority = makeAuthority([crmHost, strangerHost], new Date());
  const authorityFile = join(stage.folder, 'authority.pem');
  writeFileSync(authorityFile, authority.certificate, { mode: 0o644 });
  const crm = await startCrm(token, authority);
  const stranger = await startStranger(authority);
  const model = await startModel();
  const internet = await startInternet({ [crmHost]: crm, [strangerHost]: stranger });
  stage.onClose(crm.close, stranger.close, model.close, internet.close);
  const reports = join(stage.folder, 'reports');
  mkdirSync(reports);
  if (process.getuid?.() === 0) chownSync(reports, nobody, nobody);
  return {
    stage,
    examples,
    base,
    crm,
    stranger,
    model,
    internet,
    reports,
    authority: authorityFile,
  };
}

async function startRegistry(stage: Stage): Promise<string> {
  const folder = join(stage.folder, 'registry');
  const init = await stage.type('operator', [
    'registry',
    'init',
    folder,
    '--origin',
    'localhost',
    '--format',
    'json',
  ]);
  const { fingerprint } = JSON.parse(init.stdout) as { fingerprint: string };
  // The registry's operator trusts Olga's machine: one report from there suspends a version.
  mkdirSync(join(stage.home('olga'), 'config'), { recursive: true, mode: 0o700 });
  const { keyId } = audit.openAuditKey(join(stage.home('olga'), 'config', 'audit-key.json'));
  writeFileSync(
    join(folder, 'incidents.json'),
    JSON.stringify({ reporters: { 'olga-1': keyId }, needed: 1 }),
  );
  const base = await addressOf(stage, folder);
  stage.useRegistry(base);
  const everybody = ['operator', 'ada', 'rita', 'rob', 'olga'] as const;
  await Promise.all(
    everybody.map((person) => stage.type(person, ['registry', 'add', base, '--root', fingerprint])),
  );
  const health = await fetch(`${base}/healthz`);
  const claim =
    'the registry answers; each person pinned its root file by the fingerprint that the operator gave them';
  stage.gateHeld('registry', claim, health.ok, `${base}/index/root.json`);
  return base;
}

async function addressOf(stage: Stage, folder: string): Promise<string> {
  const child = stage.start('operator', ['serve', folder, '--port', '0']);
  const output: string[] = [];
  if (child.stdout === null || child.stderr === null)
    throw new Problem('internal', 'skillgate serve has no output');
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.push(text));
  for await (const line of createInterface({ input: child.stdout })) {
    output.push(line);
    const address = /http:\/\/[\w.-]+:\d+/.exec(line);
    if (address !== null) {
      child.stdout.resume();
      return address[0];
    }
  }
  throw new Problem('internal', `skillgate serve did not start:\n${output.join('\n')}`);
}

async function makePeople(stage: Stage): Promise<void> {
  await Promise.all(
    (['ada', 'rita', 'rob'] as const).map((person) =>
      stage.type(person, ['key', 'create', person]),
    ),
  );
  const enrol = (person: Person): Promise<CommandResult> => {
    const key = publicKey(stage, person);
    return stage.type('operator', [
      'member',
      'add',
      person,
      '--role',
      'reviewer',
      '--public-key',
      key,
    ]);
  };
  await Promise.all([
    stage.type('ada', ['scope', 'claim', 'acme']),
    enrol('rita').then(() => enrol('rob')),
  ]);
  const members = await stage.type('operator', ['member', 'list']);
  stage.gateHeld(
    'people',
    'Ada owns the scope @acme; the administrator signed that Rita and Rob are reviewers',
    ['rita', 'rob'].every((name) => members.stdout.includes(name)),
  );
}

// People give the administrator the public part of their key.
function publicKey(stage: Stage, person: Person): string {
  const copy = join(stage.folder, `${person}.pub.json`);
  copyFileSync(join(stage.home(person), 'config', 'keys', `${person}.pub.json`), copy);
  return copy;
}
