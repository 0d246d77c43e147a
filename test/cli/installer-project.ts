/**
 * What tests of installing share: one network with a report skill for a file, a new installer with
 * an empty project for each test.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Skill } from '../registry/road.ts';
import {
  type Installer,
  makeHonest,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
} from './installer-world.ts';

export interface InstallerProject {
  readonly network: Network;
  /** `@acme/weekly-report@1.0.0`, approved. */
  readonly report: Skill;
  readonly user: Installer;
  /** Absolute path of something in the project. */
  at(path: string): string;
  /** Text of a file of the project. */
  read(path: string): string;
  /** `skills` of skillgate.lock. */
  lock(): Record<string, { version: string; capabilities: string }>;
}

/**
 * Registers the hooks; its parts are there once these ran.
 * @param installed whether each test begins with the report skill installed
 */
export function useInstallerProject(installed: boolean): InstallerProject {
  let network: Network;
  let report: Skill;
  let user: Installer;
  beforeAll(async () => {
    network = await makeNetwork();
    report = await release(network, makeReportSkill('@acme/weekly-report'));
  });
  afterAll(() => network.close());
  beforeEach(async () => {
    makeHonest(network);
    user = await makeInstaller(network);
    if (!installed) return;
    const { exit, err } = await user.run('install', '@acme/weekly-report');
    if (exit !== 0) throw new Error(err);
  });
  afterEach(() => user.close());
  const at = (path: string): string => join(user.project, path);
  const read = (path: string): string => readFileSync(at(path), 'utf8');
  return {
    get network() {
      return network;
    },
    get report() {
      return report;
    },
    get user() {
      return user;
    },
    at,
    read,
    lock: () => JSON.parse(read('skillgate.lock')).skills,
  };
}
