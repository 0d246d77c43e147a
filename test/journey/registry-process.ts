/**
 * A registry in a process of its own, to be killed: `node registry-process.ts DIR` prints its
 * address.
 */
import { startRegistry } from '../../registry/serve.ts';

const { base } = await startRegistry({
  dir: process.argv[2] ?? '',
  port: 0,
  log: (line) => console.error(line),
});
console.log(base);
