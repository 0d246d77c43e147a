/** What `skillgate doctor` says of the packages that this host chose, and of the advisories. */
import * as packages from '../../runner/package-store/public.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { asCalled } from '../called-name.ts';
import type { CommandContext } from '../command.ts';
import { wholeHouse } from '../packages/house-packages.ts';
import { packagePolicy } from '../packages/package-policy.ts';
import { count } from '../terminal/output.ts';
import type { DoctorRow } from './doctor-verdict.ts';

/** No row for a host without packages of its own. */
export function houseRows(context: Pick<CommandContext, 'paths'>): DoctorRow[] {
  const name = 'packages of this host';
  try {
    const house = wholeHouse(context);
    return ecosystems.flatMap((ecosystem): DoctorRow[] => {
      const list = house[ecosystem];
      if (list === undefined) return [];
      const about = { name: `${name}, ${ecosystem}`, needed: false };
      if (packages.openHouse(context.paths).hasSet(ecosystem, list))
        return [
          { ...about, holds: true, detail: `${count(list.length, 'package')}, stored and ready` },
        ];
      const detail = 'not stored for the present python3, so skills that need them do not start';
      return [{ ...about, holds: false, detail, type: 'skillgate host packages update' }];
    });
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const type = cause.hint === undefined ? {} : { type: cause.hint };
    return [{ name, holds: false, needed: false, detail: cause.message, ...type }];
  }
}

/** What `skillgate doctor` says of the advisories. No row for a host without advisories. */
export function advisoryRows(
  context: Pick<CommandContext, 'now' | 'paths'>,
  policy: Pick<HostPolicy, 'advisories' | 'packages'>,
): DoctorRow[] {
  const { advisories: folder } = policy;
  if (folder === undefined) return [];
  const about = { name: 'advisories', needed: false };
  const kind = policy.packages.vulnerable === 'refuse' ? 'all' : 'malware';
  try {
    // Each search reads every file and archive that has no package's name.
    const some = { ecosystem: 'npm', name: 'skillgate', version: '0.0.0' } as const;
    packages.advisedPackages(packagePolicy(context, policy), [some], kind);
    return [{ ...about, holds: true, detail: `packages are compared with those of ${folder}` }];
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const hint = cause.hint === undefined ? '' : `; ${asCalled(cause.hint)}`;
    return [{ ...about, holds: false, detail: `${cause.message}${hint}` }];
  }
}
