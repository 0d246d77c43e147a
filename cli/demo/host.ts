/**
 * Third scene: Olga creates an identity for an agent, grants it the skill, and names the requests
 * that need her approval.
 */
import { createPublicKey, randomBytes } from 'node:crypto';
import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crmHost, strangerHost } from './stand-ins.ts';
import type { PromptAnswers } from './terminal.ts';
import { type DemoWorld, skill, token } from './world.ts';

/** Sets up Olga's machine. @returns what Olga types when she is asked for her key's passphrase */
export async function setUpHost(world: DemoWorld): Promise<PromptAnswers> {
  const { stage } = world;
  stage.step(
    'Olga creates an identity for the agent, and decides what the agent may do and what needs her approval',
  );
  const passphrase = randomBytes(18).toString('base64');
  const passphraseTwice: PromptAnswers = [
    { question: '(new, at least', line: passphrase },
    { question: '(again)', line: passphrase },
  ];
  await stage.type('olga', ['key', 'create', 'olga', '--passphrase'], {
    shown: true,
    answers: passphraseTwice,
  });
  writeHostPolicy(world);
  await stage.type('olga', ['secret', 'set', 'CRM_TOKEN', '--host', crmHost], {
    shown: true,
    stdin: `${token}\n`,
  });
  await stage.type('olga', ['agent', 'create', 'finance', '--budget', 'requests=500,runs=50']);
  await stage.type('olga', ['agent', 'grant', 'finance', '--all-of', skill], { shown: true });
  const { stdout } = await stage.type('olga', [
    'run',
    '--plan',
    '--agent',
    'finance',
    '--format',
    'json',
    skill,
    'file',
  ]);
  const plan = JSON.parse(stdout) as Readonly<
    Record<string, readonly { mode?: string; host?: string }[]>
  >;
  const hosts = new Set(plan.egress?.map((target) => target.host));
  stage.gateHeld(
    'plan',
    'the skill gets one host, one secret for this host, a view of one folder, one package, and nothing else',
    hosts.size === 1 &&
      plan.secrets?.length === 1 &&
      plan.mounts?.length === 1 &&
      plan.mounts[0]?.mode === 'cow',
    `skillgate run --plan --agent finance ${skill} file`,
  );
  return [{ question: 'Passphrase of key olga', line: passphrase }];
}

function writeHostPolicy({
  authority,
  crm,
  examples,
  model,
  reports,
  stage,
  stranger,
}: DemoWorld): void {
  const program = join(stage.folder, 'scripted-agent');
  cpSync(join(examples, 'scripted-agent'), program, { recursive: true });
  chmodSync(program, 0o755);
  const config = join(stage.home('olga'), 'config');
  const { keyId, publicKey } = JSON.parse(
    readFileSync(join(config, 'keys/olga.pub.json'), 'utf8'),
  ) as Record<string, string>;
  const spki = createPublicKey(publicKey ?? '').export({ type: 'spki', format: 'der' });
  const policy = {
    ...(JSON.parse(readFileSync(join(config, 'host.json'), 'utf8')) as object),
    // Both names lead to stand-ins on loopback; the demo's authority issued their certificates.
    hosts: { [crmHost]: `127.0.0.1:${crm.port}`, [strangerHost]: `127.0.0.1:${stranger.port}` },
    authorities: [authority],
    workspaces: { reports },
    env: { TZ: 'Europe/Berlin' },
    models: { scripted: { url: `http://127.0.0.1:${model.port}`, kind: 'openai' } },
    agentPrograms: { scripted: { folder: program, command: ['node', join(program, 'agent.ts')] } },
    approvers: [{ name: 'olga', key: { keyId, spki: spki.toString('base64') } }],
    holds: [{ name: 'writes', when: { host: crmHost, method: 'POST' } }],
    incidents: { report: true },
  };
  writeFileSync(join(config, 'host.json'), `${JSON.stringify(policy, null, 2)}\n`, { mode: 0o600 });
}
