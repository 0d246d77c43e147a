/**
 * How long a revocation takes to reach who has the version installed: a host that asks the
 * registry, and one that cannot.
 */
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  release,
  sayOf,
} from '../test/cli/installer-world.ts';
import { makeInstalledHost } from '../test/journey/installed-host.ts';
import { median, wallMs } from './measure.ts';
import type { Row } from './row.ts';

const name = '@acme/weekly-report';
const rounds = 5;
const hourMs = 3_600_000;

export async function revocationRows(): Promise<Row[]> {
  return [await onlineRow(), await offlineRow()];
}

/**
 * Real processes over HTTP: from the registry's answer to the revocation to the end of the first
 * start, which has to be refused.
 */
async function onlineRow(): Promise<Row> {
  const host = await makeInstalledHost();
  try {
    const starts: number[] = [];
    const refusals: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const skill = await release(host.network, makeReportSkill(`${name}-${round}`));
      const start = (expected: number) => async (): Promise<void> => {
        const { exit, err } = await host.skill('run', '--plan', skill.manifest.name, 'report');
        if (exit !== expected)
          throw new Error(`skill run ended with ${exit}, not ${expected}: ${err}`);
      };
      await host.skill('install', skill.manifest.name);
      starts.push(await wallMs(start(0)));
      await sayOf(host.network, skill, 'revoked');
      refusals.push(await wallMs(start(6)));
    }
    const value = median(refusals) / 1000;
    const plain = median(starts) / 1000;
    const against = `the start before it, admitted, ${plain.toPrecision(3)} s`;
    const goal = '≤ 60 s, at the next start';
    return {
      name: 'revocation answered → a start is refused, online',
      value,
      unit: 's',
      against,
      ratio: value / plain,
      goal,
      held: value <= 60,
    };
  } finally {
    await host.close();
  }
}

/**
 * The same version on a host that is cut off at the moment of the revocation: when its clock makes
 * it refuse.
 */
async function offlineRow(): Promise<Row> {
  const network = await makeNetwork();
  const user = await makeInstaller(network);
  try {
    const skill = await release(network, makeReportSkill(name));
    await user.run('install', name);
    const { issued, expires } = await statusOf(network.registry.send);
    await sayOf(network, skill, 'revoked');
    network.lie = async () => {
      throw new TypeError('fetch failed');
    };
    const value = (await refusedAfterMs(user)) / hourMs;
    const life = (Date.parse(expires) - Date.parse(issued)) / hourMs;
    const against = `life of the status that it has, ${life.toPrecision(3)} h`;
    return {
      name: 'revocation answered → a start is refused, offline',
      value,
      unit: 'h',
      against,
      ratio: value / life,
      goal: '≤ 24 h',
      held: value <= 24.02,
    };
  } finally {
    user.close();
    network.close();
  }
}

/** To the minute, between now and two days on. */
async function refusedAfterMs(user: Installer): Promise<number> {
  let starts = 0;
  let refused = 48 * hourMs;
  while (refused - starts > 60_000) {
    user.network.ahead = (starts + refused) / 2;
    const { exit } = await user.run('run', '--plan', name, 'report');
    if (exit === 0) starts = user.network.ahead;
    else refused = user.network.ahead;
  }
  return refused;
}

async function statusOf(
  send: (path: string) => Promise<Response>,
): Promise<{ issued: string; expires: string }> {
  const { payload } = (await (await send('/index/status.json')).json()) as { payload: string };
  return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
}
