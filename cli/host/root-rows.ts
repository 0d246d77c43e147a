/** What `skillgate doctor` says of the roots of trust that this host has stored. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { rootExpiryWarnMillis } from '../limits.ts';
import { readKeptTrust } from '../registries/kept.ts';
import { readRegistries } from '../registries/registry-base.ts';
import type { DoctorRow } from './doctor-verdict.ts';

/** A row for each registry whose administrators sign a root with an expiry. */
export function rootRows({ paths, now }: Pick<CommandContext, 'now' | 'paths'>): DoctorRow[] {
  return readRegistries(paths).registries.flatMap(({ base, root }): DoctorRow[] => {
    const about = { name: `root of trust of ${base}`, needed: false };
    try {
      const kept = readKeptTrust(paths, root);
      if (kept === undefined) return [];
      const until = String(JSON.parse(kept.metadata.root).signed.expires);
      const left = Date.parse(until) - now().getTime();
      if (left > rootExpiryWarnMillis)
        return [{ ...about, holds: true, detail: `signed until ${until}` }];
      const verb = left <= 0 ? 'expired' : 'expires';
      return [
        {
          ...about,
          holds: false,
          detail: `the root that this host has stored ${verb} at ${until}. After that, this host refuses the registry until administrators have signed the next root`,
          type: `skillgate registry show ${base}   (fetches the newest root; if it shows the same time, tell the registry’s administrators)`,
        },
      ];
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      return [{ ...about, holds: false, detail: cause.message }];
    }
  });
}
