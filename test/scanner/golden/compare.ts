/** Compares what two scanners saw in one case: what is lost, new, or only moved. */

/** A fact, finding, verdict or coverage of a file, without and with its place. */
export interface Seen {
  readonly what: string;
  readonly place: string;
}

export interface Difference extends Seen {
  readonly how: 'lost' | 'new' | 'moved';
}

/** What stands at the same place in both is no difference, however often. */
export function compareSeen(before: readonly Seen[], after: readonly Seen[]): Difference[] {
  const lost = without(before, after);
  const added = without(after, before);
  const moved: Difference[] = [];
  for (const one of lost.splice(0)) {
    const at = added.findIndex(({ what }) => what === one.what);
    if (at < 0) lost.push(one);
    else {
      const [found] = added.splice(at, 1);
      moved.push({ how: 'moved', what: one.what, place: `${one.place} → ${found?.place}` });
    }
  }
  const as = (how: Difference['how']) => (one: Seen) => ({ how, ...one });
  return [...lost.map(as('lost')), ...added.map(as('new')), ...moved];
}

function without(from: readonly Seen[], other: readonly Seen[]): Seen[] {
  const key = ({ place, what }: Seen): string => `${place}\0${what}`;
  const left = new Map<string, number>();
  for (const one of other) left.set(key(one), (left.get(key(one)) ?? 0) + 1);
  return from.filter((one) => {
    const count = left.get(key(one)) ?? 0;
    left.set(key(one), count - 1);
    return count <= 0;
  });
}

/** The sort of a difference, by which a table counts: such as `finding exec/handed-on high`. */
export function sortOf({ what }: Seen): string {
  const [kind = '', ...rest] = what.split(' ');
  if (kind === 'finding') return `finding ${rest.slice(0, 2).join(' ').replace(/:$/, '')}`;
  if (kind === 'verdict' || kind === 'coverage') return what;
  if (kind === 'crash') return kind;
  const fact = JSON.parse(rest.join(' ')) as {
    readonly capability?: { readonly kind: string };
    readonly trait?: string;
    readonly source?: { readonly what: string };
    readonly sink?: { readonly what: string };
    readonly what?: string;
    readonly manager?: string;
  };
  const words = [
    fact.capability?.kind,
    fact.trait,
    fact.source && fact.sink && `${fact.source.what} to ${fact.sink.what}`,
    fact.what,
    fact.manager,
  ];
  return `${kind} ${words.find((word) => word !== undefined) ?? ''}`;
}
