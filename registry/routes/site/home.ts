/** What programs get at the bare address of a registry. Browsers get a page. */
import { Hono } from 'hono';
import type { Registry } from '../../context.ts';

/** The route `/`. It names public addresses only. */
export function homeRoutes({ config, root }: Registry): Hono {
  const { base } = config;
  const home = {
    schema: 'skillgate.home/1',
    title: 'A Skillgate registry: skills that were signed, scanned and approved',
    origin: root.origin,
    // The root's fingerprint is left out: whoever pins it must have it from the operator.
    add: `skillgate registry add ${base}`,
    desk: `${base}/review`,
    index: `${base}/index/@{scope}/{name}`,
    status: `${base}/index/status.json`,
    log: `${base}/log/checkpoint`,
  };
  return new Hono().get('/', (context) => {
    // The answer depends on this header.
    context.header('vary', 'accept');
    return context.json(home);
  });
}
