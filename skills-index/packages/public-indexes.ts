/** The public indexes, for a host whose policy names none. */
import type { Ecosystem } from '../skill/ecosystem.ts';

export const publicIndexes: Readonly<Record<Ecosystem, { readonly url: string }>> = {
  python: { url: 'https://pypi.org/simple/' },
  npm: { url: 'https://registry.npmjs.org/' },
};
