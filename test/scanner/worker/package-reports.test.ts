import { describe, expect, it } from 'vitest';
import type { JobsClient } from '../../../scanner/worker/jobs-client.ts';
import { reportOnPackages, type VersionQueue } from '../../../scanner/worker/package-reports.ts';
import type { ScanPool } from '../../../scanner/worker/pool.ts';
import type {
  LeasedPackage,
  PackageReport,
} from '../../../skills-index/packages/package-report.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { wholeLook } from '../../registry/packaged-skill.ts';

const leasedOf = (id: number): LeasedPackage => ({
  id,
  ecosystem: 'python',
  name: `tool${id}`,
  version: '1.0',
  digest: digestOf('entry'),
  lock: digestOf('lock'),
  lookedBefore: false,
});
const seen: PackageReport = { looked: 'advisories', advisories: [] };
const unused = (): never => {
  throw new Error('the test does not use this');
};
const pool: ScanPool = {
  isolation: 'none: a test',
  isSealed: true,
  scan: unused,
  close: () => undefined,
};

interface Registry {
  /** What the registry answers to each request for a package; then the scanner is stopped. */
  readonly leases: (() => LeasedPackage | undefined)[];
  readonly lookAt?: (leased: LeasedPackage) => Promise<PackageReport>;
  /** What the registry answers to a look. */
  readonly refuse?: (look: PackageReport) => void;
  readonly queue?: VersionQueue;
}

async function work({ leases, lookAt, queue = { isEmpty: true }, refuse }: Registry) {
  const stop = new AbortController();
  const looks: [number, PackageReport][] = [];
  const givenBack: number[] = [];
  const lines: string[] = [];
  const warned: string[] = [];
  const client: JobsClient = {
    lease: unused,
    renew: unused,
    report: unused,
    fail: unused,
    blob: unused,
    leaseObservation: unused,
    sendObservation: unused,
    failObservation: unused,
    leasePackage: async () => {
      const next = leases.shift();
      if (leases.length === 0) setTimeout(() => stop.abort(), 50);
      return next?.();
    },
    reportPackage: async ({ id }, look) => {
      looks.push([id, look]);
      refuse?.(look);
    },
    giveBack: async ({ id }) => {
      givenBack.push(id);
      throw new Problem('not-found', 'There is no such page');
    },
  };
  const log = (line: string): void => void lines.push(line);
  await reportOnPackages(
    { signal: stop.signal, log, warn: (line) => void warned.push(line) },
    { client, pool, queue, lookAt: lookAt ?? (async () => seen) },
  );
  return { looks, givenBack, lines, warned };
}

describe('a scanner without a version to scan', () => {
  it('looks at one package after the other', async () => {
    const { lines, looks } = await work({ leases: [() => leasedOf(1), () => leasedOf(2)] });
    expect(looks).toEqual([
      [1, seen],
      [2, seen],
    ]);
    expect(lines).toEqual(['python tool1 1.0: advisories', 'python tool2 1.0: advisories']);
  });

  it('asks for no package while a version waits', async () => {
    const queue = { isEmpty: false };
    let asked = 0;
    setTimeout(() => {
      expect(asked).toBe(0);
      queue.isEmpty = true;
    }, 700);
    const lease = (): undefined => {
      asked++;
    };
    await work({ leases: [lease], queue });
    expect(asked).toBe(1);
  });

  it('gives the lease back after a look that failed, and goes on although an older registry refuses', async () => {
    const lookAt = async ({ id }: LeasedPackage): Promise<PackageReport> => {
      if (id === 1) throw new Problem('host-policy-invalid', 'Cannot read advisories');
      return seen;
    };
    const leases = [() => leasedOf(1), () => leasedOf(2)];
    const { givenBack, lines, looks } = await work({ leases, lookAt });
    expect(looks).toEqual([[2, seen]]);
    expect(givenBack).toEqual([1]);
    expect(lines[0]).toBe('Cannot read advisories');
  });

  it('tells its host of a failure once for each cause', async () => {
    const lookAt = async ({ id }: LeasedPackage): Promise<PackageReport> => {
      const code = id === 3 ? 'registry-down' : 'host-policy-invalid';
      throw new Problem(code, 'Cannot read a.json', { hint: 'mend a.json' });
    };
    const leases = [1, 2, 3].map((id) => () => leasedOf(id));
    const { lines, warned } = await work({ leases, lookAt });
    expect(lines.length).toBeGreaterThan(1);
    expect(warned).toEqual(['packages wait for a report: Cannot read a.json; mend a.json']);
  });

  it('tells its host of the first package that is not fetched, until one arrives', async () => {
    const lookAt = async ({ id }: LeasedPackage): Promise<PackageReport> =>
      id === 4 ? wholeLook : id === 2 ? seen : { looked: 'not fetched', why: 'no way' };
    const leases = [1, 2, 3, 4, 5].map((id) => () => leasedOf(id));
    const { warned } = await work({ leases, lookAt });
    expect(warned).toEqual([
      'no code read of python tool1 1.0: no way',
      'no code read of python tool5 1.0: no way',
    ]);
  });

  it('reports that a package was not fetched when the registry refuses the look', async () => {
    const refuse = ({ looked }: PackageReport): void => {
      if (looked !== 'not fetched') throw new Problem('request-invalid', 'too many bytes');
    };
    const { looks } = await work({ leases: [() => leasedOf(1)], refuse });
    expect(looks.map(([, { looked, why }]) => [looked, why])).toEqual([
      ['advisories', undefined],
      ['not fetched', 'The registry refused what was seen of the package'],
    ]);
  });
});
