/**
 * Second scene: the honest skill travels the road from its author to the machine where an agent
 * works.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { approveInDesk } from './desk.ts';
import { type DemoWorld, honest, skill } from './world.ts';

/** Publish, scan, approve and install version 1.4.0. */
export async function honestRoad(world: DemoWorld): Promise<void> {
  await publish(world);
  await approve(world);
  await install(world);
}

async function publish({ stage, examples }: DemoWorld): Promise<void> {
  stage.step(
    'Ada publishes weekly-report: it reads deals from a CRM, writes a report, and files it',
  );
  const { stderr } = await stage.type('ada', ['publish', join(examples, 'weekly-report')]);
  stage.tell('ada', ['publish', 'weekly-report']);
  stage.proven(
    'intake',
    'signed by the owner of its scope, within limits, with a manifest',
    stderr.includes('upload    received'),
  );
  const status = await stage.type('ada', ['status', honest, '--wait']);
  stage.proven(
    'scan',
    'read in a process without network, never run: nothing that the manifest does not name',
    status.stdout.includes('in review'),
    `skillgate status ${honest}`,
  );
}

async function approve(world: DemoWorld): Promise<void> {
  const { stage } = world;
  stage.step(
    'Two people read it and sign, Rita with a passkey in the desk, Rob from the command line',
  );
  await approveInDesk(world, honest, 'Read it; it reads deals and writes the report.');
  const between = await stage.type('rob', ['status', honest]);
  const one = between.stdout.includes('in review');
  await stage.type(
    'rob',
    ['review', 'approve', honest, '--reason', 'Fetched it, read every file.', '--yes'],
    { told: true },
  );
  const status = await stage.type('rob', ['status', honest]);
  stage.proven(
    'review',
    'one signature was not enough for a secret with a way out; two over the very bytes are',
    one && status.stdout.includes('approved'),
    `${world.base}/index/${skill}`,
  );
}

async function install({ stage }: DemoWorld): Promise<void> {
  stage.step('Olga installs it, believing neither the registry nor the desk');
  await stage.type('olga', ['install', honest, '--yes'], { told: true });
  const { stdout } = await stage.type('olga', ['verify', skill]);
  const [, statements] = /(\d+) of \1 statements are signed and in the log/.exec(stdout) ?? [];
  stage.proven(
    'admission',
    `${statements} signed statements checked back to the pinned root file before a byte was written`,
    statements !== undefined && existsSync(join(stage.home('olga'), 'skillgate.lock')),
    join(stage.home('olga'), '.agents/skills/weekly-report'),
  );
}
