/**
 * Written by `npm run lists` from runner/backends/backends.ts: the backends that host policy may
 * name.
 */
export const backends = ['bubblewrap', 'runc', 'runsc', 'docker'] as const;
export type Backend = (typeof backends)[number];
