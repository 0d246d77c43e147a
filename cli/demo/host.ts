/**
 * Third scene: Olga makes an identity for an agent, and says what it may do, with what, and what
 * waits for her.
 */
import { createPublicKey, randomBytes } from 'node:crypto';
import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crmHost, strangerHost } from './stand-ins.ts';
import { type DemoWorld, skill, token } from './world.ts';

/** What Olga types when a hold is answered. */
export type Answers = readonly (readonly [asked: string, line: string])[];

/**
 * @returns the answer to the question for the passphrase of Olga's key, which the demo makes up and
 * keeps
 */
export async function setUpHost(world: DemoWorld): Promise<Answers> {
  const { stage } = world;
  stage.step('Olga makes an agent an identity of its own, and says what waits for her');
  const passphrase = randomBytes(18).toString('base64');
  const twice: Answers = [
    ['(new, at least', passphrase],
    ['(again)', passphrase],
  ];
  await stage.type('olga', ['key', 'create', 'olga', '--passphrase'], {
    told: true,
    answers: twice,
  });
  writeHostPolicy(world);
  await stage.type('olga', ['secret', 'set', 'CRM_TOKEN', '--host', crmHost], {
    told: true,
    stdin: `${token}\n`,
  });
  await stage.type('olga', ['agent', 'create', 'finance', '--budget', 'requests=500,runs=50']);
  await stage.type('olga', ['agent', 'grant', 'finance', '--all-of', skill], { told: true });
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
  const hosts = new Set(plan.egress?.map((one) => one.host));
  stage.proven(
    'plan',
    'one host, one secret for it, one view of a folder; what was not granted is not there to be asked for',
    hosts.size === 1 &&
      plan.secrets?.length === 1 &&
      plan.mounts?.length === 1 &&
      plan.mounts[0]?.mode === 'cow',
    `skillgate run --plan --agent finance ${skill} file`,
  );
  return [['Passphrase of key olga', passphrase]];
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
    // Names lead to the stand-ins on loopback, whose certificates are of the demo's authority.
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
