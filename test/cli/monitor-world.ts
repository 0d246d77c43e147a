/** A registry in memory that can lie, and a stranger with `skill monitor` in front of it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import { signStatus } from '../../skills-index/trust/index-files/sign-status.ts';
import type { Status } from '../../skills-index/trust/index-files/status-file.ts';
import { freshNonce } from '../nonce.ts';
import type { TestKey } from '../registry/people.ts';
import { makeSkill, publishApproved, type Skill, state } from '../registry/road.ts';
import type { Staffed, WorldOptions } from '../registry/world.ts';
import { base, makeUsers, type Users } from './registry-users.ts';

/** What becomes of an answer on its way. */
export type Lie = (path: string, response: Response) => Promise<Response> | Response;

/** What a stranger's `skill monitor` answered. */
export interface MonitorAnswer {
  readonly exit: number;
  readonly codes: string[];
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by expectations
  readonly said: any;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Monitored {
  readonly users: Users;
  readonly world: Staffed;
  lie: Lie;
  /** Publishes a version of `@acme/t`, scanned and approved. */
  bring(skill: Skill): Promise<void>;
  say(skill: Skill, kind: 'suspended' | 'lifted' | 'revoked', by?: TestKey): Promise<number>;
  /** The status with another date or head, as the thief of the status key signs it. */
  restated(change: (status: Status) => Partial<Status>): Promise<Response>;
  look(...more: string[]): Promise<MonitorAnswer>;
  /** Folder of the replay. */
  folder(): string;
  size(): Promise<number>;
  close(): void;
}

export const skillAt = (number: number): Skill =>
  makeSkill('@acme/t', `1.0.${number}`, { files: { 'n.md': `${number}\n` } });
export const honest: Lie = (_, response) => response;

export async function makeMonitored(options: WorldOptions = {}): Promise<Monitored> {
  const users = await makeUsers((path, response) => monitored.lie(path, response), options);
  const { world } = users;
  const folder = (): string => {
    const all = join(users.homeOf('stranger'), 'data/monitor');
    return join(all, readdirSync(all)[0] ?? '');
  };
  const monitored: Monitored = {
    users,
    world,
    lie: honest,
    bring: async (skill) => {
      await publishApproved(world, skill);
    },
    say: async (skill, kind, by = world.rita) => {
      const target = { name: skill.manifest.name, version: skill.manifest.version };
      const said = revocationStatement({ nonce: freshNonce(), kind, target, reason: 'it leaks' });
      const { status, body } = await state(world, said, by);
      expect(status).toBe(201);
      return body.logIndex;
    },
    restated: async (change) => {
      const { payload } = JSON.parse(await (await world.send('/index/status.json')).text());
      const status: Status = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
      return new Response(
        JSON.stringify(
          await signStatus({ ...status, ...change(status) }, world.registry.keys.status),
        ),
      );
    },
    look: async (...more) => {
      const { exit, stdout, stderr } = await users.as('stranger', [
        'monitor',
        base,
        '--format',
        'json',
        ...more,
      ]);
      const said = stdout.includes('skillgate.monitor/1') ? JSON.parse(stdout) : undefined;
      const codes = (said?.differences ?? []).map(({ code }: { code: string }) => code);
      return { exit, codes, said, stdout, stderr };
    },
    folder,
    size: async () => Number((await (await world.send('/log/checkpoint')).text()).split('\n')[1]),
    close: () => world.close(),
  };
  return monitored;
}

/** Says in each index line that the version is stopped, or that it is not. */
export const calling =
  (kind: 'suspended' | 'revoked' | undefined): Lie =>
  async (path, response) => {
    if (!path.startsWith('/index/@')) return response;
    const stopped = kind && { kind, since: '2026-03-01T12:00:00.000Z' };
    const lines = (await response.text()).trim().split('\n');
    const changed = lines.map((line) => JSON.stringify({ ...JSON.parse(line), stopped }));
    return new Response(changed.map((line) => `${line}\n`).join(''));
  };
