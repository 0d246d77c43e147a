/** Second scene: the honest skill travels the whole road, and an agent runs it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { approveInDesk } from './desk.ts';
import { setUpHost } from './setup.ts';
import { deals } from './stand-ins.ts';
import { honest, skill, token, type World } from './world.ts';

/** Publish, scan, approve, install and run version 1.4.0. */
export async function honestRoad(world: World): Promise<void> {
  await publish(world);
  await approve(world);
  await install(world);
  await runByAgent(world);
}

async function publish({ stage, examples }: World): Promise<void> {
  stage.step('Ada publishes weekly-report: packed, scanned, signed, sent');
  await stage.type('ada', ['publish', join(examples, 'weekly-report')], { show: 'both' });
  const status = await stage.type('ada', ['status', honest, '--wait'], { show: 'stdout' });
  stage.proven(
    'the registry scanned it in a process of its own; it waits for people',
    status.stdout.includes('in review'),
    `skill status ${honest}`,
  );
}

async function approve(world: World): Promise<void> {
  const { stage } = world;
  stage.step('Two people approve: rita with a passkey in the desk, rob from the command line');
  await approveInDesk(world, honest, 'Read it; it reads deals and writes the report.');
  const between = await stage.type('rob', ['status', honest]);
  stage.proven('one approval is not enough for a skill with a secret and egress', between.stdout.includes('in review'));
  const reason = 'Fetched the bundle and read every file.';
  await stage.type('rob', ['review', 'approve', honest, '--reason', reason, '--yes'], { show: 'both', lines: 40 });
  const status = await stage.type('rob', ['status', honest]);
  stage.proven(
    'approved, by two signatures over the very bytes',
    status.stdout.includes('approved'),
    `${world.base}/index/${skill}`,
  );
}

async function install({ stage }: World): Promise<void> {
  stage.step('Somebody installs it, believing nobody');
  await stage.type('host', ['install', honest, '--yes'], { show: 'both' });
  await stage.type('host', ['verify', skill], { show: 'stdout' });
  stage.proven(
    'verified before a byte was written; the lock names the bundle',
    existsSync(join(stage.home('host'), 'skillgate.lock')),
    join(stage.home('host'), '.agents/skills/weekly-report'),
  );
}

async function runByAgent(world: World): Promise<void> {
  const { stage, crm, reports } = world;
  await setUpHost(world);
  await stage.type('host', ['agent', 'grant', 'finance', '--all-of', skill], { show: 'both' });
  await stage.type('host', ['run', '--plan', '--agent', 'finance', skill, 'report'], { show: 'stdout' });

  stage.step('The agent finance runs it over MCP');
  const agent = await world.openAgent();
  stage.say(`its tools: ${agent.tools.join(', ')}`);
  const said: string[] = [];
  const calls = [
    ['skills_search', { task: 'the weekly sales report' }],
    ['skill_open', { name: skill }],
    ...['report', 'chart', 'check'].map(
      (command) => ['skill_run', { name: skill, command, args: [], why: 'the weekly report is due' }] as const,
    ),
  ] as const;
  for (const [tool, input] of calls) {
    const answer = await agent.call(tool, input);
    stage.say(`${tool} ${JSON.stringify(input)}\n${answer.text.split('\n').slice(0, 8).join('\n')}`);
    if (answer.isError) stage.proven(`${tool} works`, false);
    said.push(answer.text);
  }
  agent.close();

  const report = readFileSync(join(reports, 'weekly.md'), 'utf8');
  stage.say(report);
  const total = String(deals.reduce((sum, deal) => sum + deal.euros, 0));
  stage.proven('the report exists and adds up', report.includes(total), join(reports, 'weekly.md'));
  stage.proven('the CRM received the real token, added on the way out', crm.tokens.includes(`Bearer ${token}`));
  stage.proven('the agent never saw it', !said.join('\n').includes(token));
}
