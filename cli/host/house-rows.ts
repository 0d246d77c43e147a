/** What `skillgate doctor` says of the packages that this host chose for its skills. */
import * as packages from '../../runner/package-store/public.ts';
import { ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { wholeHouse } from '../packages/house-packages.ts';
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
