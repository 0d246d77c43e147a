import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AdmissionWorld, askAdmission } from '../../../cli/run/admission.ts';
import type { GetFile } from '../../../skills-index/client/blobs.ts';
import { admissionMilliseconds } from '../../../skills-index/client/limited-source.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { VerifiedStatements } from '../../../skills-index/trust/signatures/verified-statements.ts';
import type { VerifiedStatement } from '../../../skills-index/trust/signatures/verify-statement.ts';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  pathsOf,
  release,
  sayOf,
} from '../installer-world.ts';

/**
 * Tells what it was asked, and what of that it had to verify: a remembered result is the same
 * object as before.
 */
class Watched extends VerifiedStatements {
  readonly answers: VerifiedStatement[] = [];
  override verify(...question: Parameters<VerifiedStatements['verify']>): VerifiedStatement {
    const answer = super.verify(...question);
    this.answers.push(answer);
    return answer;
  }
  get anew(): number {
    return new Set(this.answers).size;
  }
}

let network: Network;
let user: Installer;
beforeAll(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  for (const name of ['@acme/weekly-report', '@acme/other'])
    await release(network, makeReportSkill(name));
});
afterAll(() => {
  user.close();
  network.close();
});

const worldWith = (verified: VerifiedStatements): AdmissionWorld => ({
  env: {},
  paths: pathsOf(user.home),
  fetch: network.fetch,
  now: network.now,
  verified,
  signal: new AbortController().signal,
});

describe('the time of one admission', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('runs from the first question for the root of trust on, and ends what is asked', async () => {
    const over = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) =>
      milliseconds === admissionMilliseconds ? over.signal : new AbortController().signal,
    );
    const asked: string[] = [];
    const send: GetFile = (url, { signal }) => {
      asked.push(String(url));
      queueMicrotask(() => over.abort());
      return new Promise((_, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    };
    const late = new Date(network.now().getTime() + 2 * 3_600_000);
    const world: AdmissionWorld = {
      ...worldWith(new VerifiedStatements()),
      send,
      now: () => late,
    };
    await expect(
      askAdmission(world, { name: parseSkillName('@acme/unseen'), range: '*', locks: [] }),
    ).rejects.toMatchObject({
      code: 'registry-down',
      message: expect.stringContaining('took longer than 60 s'),
    });
    expect(asked[0]).toContain('/tuf/');
  });
});

describe('several admissions in one process', () => {
  it('verify each statement once: of the second skill only those about its version', async () => {
    const verified = new Watched();
    const ask = async (name: string) =>
      (
        await askAdmission(worldWith(verified), {
          name: parseSkillName(name),
          range: '*',
          locks: [],
        })
      ).admission.decision;
    expect(await ask('@acme/weekly-report')).toMatchObject({ kind: 'admitted' });
    const first = verified.anew;
    expect(first).toBeGreaterThan(4);
    expect(await ask('@acme/other')).toMatchObject({ kind: 'admitted' });
    // publish, scan, approval, verification summary
    expect(verified.anew - first).toBe(4);
    expect(await ask('@acme/other')).toMatchObject({ kind: 'admitted' });
    expect(verified.anew - first).toBe(4);
  });

  it('remember what was said, never that it may start: a revocation since then refuses', async () => {
    const revoked = await release(network, makeReportSkill('@acme/doomed'));
    const verified = new Watched();
    const ask = async () =>
      (
        await askAdmission(worldWith(verified), {
          name: revoked.manifest.name,
          range: '*',
          locks: [],
        })
      ).admission.decision;
    expect(await ask()).toMatchObject({ kind: 'admitted' });
    await sayOf(network, revoked, 'revoked');
    expect(await ask()).toMatchObject({
      kind: 'refused',
      reasons: expect.arrayContaining([expect.objectContaining({ code: 'revoked' })]),
    });
  });
});
