/** Turns observed requests into the fewest egress entries that allow them and little more. */

import { dropHostOf } from '../../skills-index/network/drop-hosts.ts';
import type { Capability, EgressCapability } from '../../skills-index/skill/capability.ts';
import {
  type EgressTarget,
  parseEgressUrl,
  printEgressTarget,
} from '../../skills-index/skill/egress-target.ts';
import { usualMethods } from './observed.ts';

const urlsPerHostMax = 3;

/**
 * By origin: up to three addresses as they are, more as their common folder. Hosts where strangers
 * collect data are never proposed.
 */
export function inferEgress(observed: readonly EgressCapability[]): Capability[] {
  const wanted = observed
    .map((egress) => ({ ...egress, target: plainTarget(parseEgressUrl(egress.url)) }))
    .filter(
      ({ target }) => target.host !== '*' && dropHostOf(target.host, target.path) === undefined,
    );
  const byOrigin = Map.groupBy(wanted, ({ target }) =>
    printEgressTarget({ ...target, path: '/*' }),
  );
  return [...byOrigin.values()].flatMap((list): Capability[] => {
    const byUrl = Map.groupBy(list, ({ target }) => printEgressTarget(target));
    const [first] = list;
    if (first === undefined) return [];
    if (byUrl.size > urlsPerHostMax) {
      const path = sharedFolder(list.map(({ target }) => target.path));
      return [entry(printEgressTarget({ ...first.target, path }), list)];
    }
    return [...byUrl].map(([url, same]) => entry(url, same));
  });
}

// A client that is given an address and any method contacts what lies below the address.
function entry(url: string, uses: readonly EgressCapability[]): Capability {
  const isBase = uses.some((egress) => usualMethods.every((one) => egress.methods.includes(one)));
  const methods = uses.flatMap((egress) =>
    egress.methods.includes('*') ? usualMethods : egress.methods,
  );
  return {
    kind: 'egress',
    url: isBase && !url.endsWith('*') ? `${url}*` : url,
    methods: [...new Set(methods)].sort(),
  };
}

// `/pages/{id}`, `/pages/<id>`, `/pages/$ID`: placeholders in a text stand for values.
function plainTarget(target: EgressTarget): EgressTarget {
  const at = target.path.search(/[{}<>$[\]]|\/:[a-z]/);
  return at < 0
    ? target
    : { ...target, path: `${target.path.slice(0, target.path.lastIndexOf('/', at) + 1)}*` };
}

/** `/v2/deals` and `/v2/people/*` share `/v2/*`. */
function sharedFolder(paths: readonly string[]): string {
  const [first = '/', ...rest] = paths;
  let length = first.replace(/\*$/, '').length;
  for (const path of rest) while (!path.startsWith(first.slice(0, length))) length -= 1;
  return `${first.slice(0, first.lastIndexOf('/', Math.max(0, length - 1)) + 1)}*`;
}
