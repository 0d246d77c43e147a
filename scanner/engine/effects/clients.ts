/**
 * Clients of libraries that no table has: an object that a library made with an address is taken to
 * send what it is given to that address.
 */

import { anyEgress, egressOf, isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import type { Given } from '../calls.ts';
import type { Engine } from '../interpret.ts';
import { changedForGood } from '../store.ts';
import { itemsOf, type OpenOn, objectsOf, type Value } from '../value.ts';

const openedByPackage = new WeakMap<Engine, Map<string, OpenOn[]>>();

/** Where a call of such a library sends: the servers that it is given, or that its package has. */
export function serversOf(engine: Engine, api: string, { args }: Given): readonly OpenOn[] {
  const { servers, isOwnLibrary } = engine.knowledge;
  if (servers === undefined || isOwnLibrary?.(api) !== false) return [];
  const name = /^(?:@[^/]+\/)?[^.#/()]+/.exec(api)?.[0] ?? api;
  const known = openedByPackage.get(engine) ?? new Map<string, OpenOn[]>();
  openedByPackage.set(engine, known);
  const isNamed = servers.clients.test(api);
  const found = args.flatMap((value) => [
    ...objectsOf(value).flatMap(({ kind, fields }) =>
      kind !== 'record'
        ? []
        : [...fields].flatMap(([option, one]) =>
            servers.options.test(option) || (isNamed && /^ur[il]$/.test(option))
              ? addressesIn(one, true)
              : [],
          ),
    ),
    ...addressesIn(value, false).filter((one) => isNamed || !/^https?:/i.test(one)),
  ]);
  const opened = [...new Set(found)].flatMap((address): OpenOn[] => {
    const egress = egressOf(address, ['*']);
    return egress === undefined || egress.url === anyEgress
      ? []
      : [{ capability: { kind: 'egress', ...egress } }];
  });
  if (opened.length === 0) return known.get(name) ?? [];
  if (servers.setUp.test(api)) {
    changedForGood();
    known.set(name, [...(known.get(name) ?? []), ...opened]);
  }
  return opened;
}

function addressesIn(value: Value, isServer: boolean): readonly string[] {
  const items = (itemsOf(value) ?? []).flatMap((one) => addressesIn(one, isServer));
  const texts = value.texts.flatMap(({ whole, isKnown }) => {
    if (!isKnown) return [];
    const written = /^[a-z][a-z\d+.-]*:\/\/(?:[^/?#]*@)?([^/?#:]+)/i.exec(whole)?.[1];
    const host = isServer ? /^([\w-]+(?:\.[\w-]+)+)(?::\d+)?$/.exec(whole)?.[1] : undefined;
    const known = written ?? host;
    if (known === undefined || isLoopbackHost(known)) return [];
    return [written === undefined ? `tcp://${whole}` : whole];
  });
  return [...items, ...texts];
}
