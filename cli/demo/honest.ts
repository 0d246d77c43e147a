/**
 * Second scene: the honest skill goes from its author through every gate to the machine of an
 * agent.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { approveInDesk } from './desk.ts';
import { makeWheelIndex } from './wheel-index.ts';
import { type DemoWorld, honest, skill, wheel } from './world.ts';

/** Publish, scan, approve and install version 1.4.0. */
export async function playHonestSkill(world: DemoWorld): Promise<void> {
  await publish(world);
  await approve(world);
  await install(world);
}

async function publish({ stage, examples }: DemoWorld): Promise<void> {
  stage.step(
    'Ada publishes weekly-report, a skill that reads deals from a CRM, writes a report and files the report in the CRM',
  );
  const { stderr } = await stage.type('ada', ['publish', join(examples, 'weekly-report')]);
  stage.showCommand('ada', ['publish', 'weekly-report']);
  stage.gateHeld(
    'intake',
    'the bundle has a manifest, is within the limits, and is signed by the owner of its scope',
    stderr.includes('upload    received'),
  );
  const status = await stage.type('ada', ['status', honest, '--wait']);
  stage.gateHeld(
    'scan',
    'the scanner read the skill, without running it, and found nothing that the manifest does not declare',
    status.stdout.includes('in review'),
    `skillgate status ${honest}`,
  );
}

async function approve(world: DemoWorld): Promise<void> {
  const { stage } = world;
  stage.step(
    'Two reviewers approve the version: Rita with a passkey at the desk, Rob on the command line',
  );
  await approveInDesk(world, honest, 'I read it: it reads deals and writes the report.');
  const afterRita = await stage.type('rob', ['status', honest]);
  const isStillInReview = afterRita.stdout.includes('in review');
  const { stderr } = await stage.type(
    'rob',
    ['review', 'approve', honest, '--reason', 'I fetched it and read every file.', '--yes'],
    { shown: true },
  );
  const status = await stage.type('rob', ['status', honest]);
  stage.gateHeld(
    'review',
    'a skill with a secret and a host needs two approvals; both sign the digests of its files and package',
    isStillInReview && stderr.includes(`${wheel} sha256:`) && status.stdout.includes('approved'),
    `${world.base}/index/${skill}`,
  );
}

async function install({ stage, examples }: DemoWorld): Promise<void> {
  stage.step('Olga installs the version; her machine trusts neither the registry nor the desk');
  const index = makeWheelIndex(stage.folder, examples);
  const add = (url: string) => ['host', 'index', 'add', 'python', url, '--min-age', '0d'];
  stage.showCommand('olga', add('file:///srv/wheels'));
  await stage.type('olga', add(`file://${index}`));
  const { stderr } = await stage.type('olga', ['install', honest, '--yes'], { shown: true });
  stage.gateHeld(
    'packages',
    'Olga’s machine fetched the skill’s package from her own folder of wheels, before any run',
    stderr.includes(`fetched 1 package from file://${index}`),
  );
  const { stdout } = await stage.type('olga', ['verify', skill]);
  const [, statements] = /(\d+) of \1 statements are signed and in the log/.exec(stdout) ?? [];
  stage.gateHeld(
    'admission',
    `${statements} signed statements were verified, up to the pinned root file, before any file was written`,
    statements !== undefined && existsSync(join(stage.home('olga'), 'skillgate.lock')),
    join(stage.home('olga'), '.agents/skills/weekly-report'),
  );
}
