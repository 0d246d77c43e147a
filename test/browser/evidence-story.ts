/** The page of an evidence report about two hosts over six weeks, for pictures and browser tests. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent, grantAgent } from '../../runner/agents/agent-store.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { exit, HostFolder, start } from '../cli/evidence/fleet.ts';
import {
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  release,
  sayOf,
} from '../cli/installer-world.ts';

const day = 86_400_000;
const egress: AuditEvent = {
  event: 'egress',
  decision: 'denied',
  why: 'host-denied',
  method: 'POST',
  host: 'paste.example',
  port: 443,
  path: '/upload',
  secrets: [],
};
const hold = {
  event: 'hold',
  rule: 'payments',
  what: 'POST https://api.bank.example/payments',
} as const;

/**
 * Makes the page.
 * @param more names of agents that also ran something
 */
export async function evidencePage(more: readonly string[] = []): Promise<string> {
  const network = await makeNetwork();
  const user = await makeInstaller(network);
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-fleet-'));
  try {
    const capabilities = {
      egress: [{ url: 'https://api.crm.example/', methods: ['GET'], why: 'reads the deals' }],
      secret: [
        { name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'signs in to the CRM' },
      ],
    };
    const report = await release(network, makeReportSkill('@acme/weekly-report', { capabilities }));
    const notes = await release(network, makeReportSkill('@acme/notes', { version: '0.2.0' }));
    const scraper = await release(network, makeReportSkill('@acme/scraper', { version: '1.3.0' }));
    const begin = network.now().getTime();
    const hosts = ['berlin', 'lyon'].map(
      (name) => new HostFolder(join(folder, name), new Date(begin)),
    );
    const [berlin, lyon] = hosts;
    if (berlin === undefined || lyon === undefined) throw new Error('two hosts');
    for (const host of hosts) {
      const agents = join(host.home, 'config/agents');
      for (const name of ['finance', 'sales'])
        createAgent(agents, { name, now: new Date(begin), days: 90 });
      grantAgent(agents, 'finance', { skills: [{ skill: '@acme/*', range: '*' }] });
    }
    for (let number = 0; number < 42; number++) {
      for (const [at, host] of hosts.entries()) {
        host.at = new Date(begin + number * day + at * 3_600_000);
        const runs = 1 + ((number * 7 + at * 3) % 5);
        for (let run = 0; run < runs; run++) host.run('finance', report, start, exit);
        if (number % 3 === 0) host.run('sales', notes, start, exit);
        if (number > 20 && number < 31) host.run('sales', scraper, start, egress, exit);
      }
      if (number % 11 === 5) {
        const id = `a1b2c3d4e5${10 + number}`;
        berlin.run('finance', report, { ...hold, hold: id, state: 'asked', why: 'until later' });
        berlin.at = new Date(berlin.at.getTime() + 47_000);
        const by = { state: 'allowed', why: 'rita by key, once' } as const;
        berlin.run('finance', report, { ...hold, hold: id, ...by });
      }
    }
    network.registry.wait(31 * day);
    berlin.at = network.now();
    berlin.incident('sales', scraper, rootFingerprint(network.registry.trust.root));
    network.registry.wait(3_600_000);
    await sayOf(network, scraper, 'revoked');
    const refused = { event: 'refused', code: 'not-admitted', why: 'revoked' } as const;
    berlin.at = new Date(network.now().getTime() + 18_000);
    berlin.run('sales', scraper, {
      event: 'exit',
      reason: 'revoked',
      code: null,
      milliseconds: 40_000,
    });
    lyon.at = new Date(network.now().getTime() + 61_000);
    lyon.run('sales', scraper, start);
    lyon.at = new Date(network.now().getTime() + 142_000);
    lyon.run('sales', scraper, refused, {
      event: 'exit',
      reason: 'revoked',
      code: null,
      milliseconds: 1,
    });
    for (const agent of more) lyon.run(agent, notes, start, exit);
    network.registry.wait(11 * day);
    const from = hosts.flatMap(({ home }) => ['--from', home]);
    const made = await user.run('evidence', ...from, '--out', 'page.html');
    if (made.exit !== 0) throw new Error(made.err);
    return readFileSync(join(user.project, 'page.html'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
    user.close();
    network.close();
  }
}
