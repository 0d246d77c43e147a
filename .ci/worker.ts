/**
 * `npm run worker`: has wrangler make what it would deploy, without a login and without the network,
 * and prints its size. Fails above the limit.
 */
import { buildWorker, workerKibMax } from '../test/journey/worker-bundle.ts';

const { gzip, parts } = await buildWorker();
const kib = gzip / 1024;
const heaviest = parts.slice(0, 5).map(([part, size]) => `${part} ${size} KiB`);
console.log(`wrangler deploy --dry-run: ${kib.toFixed(1)} KiB gzip, at most ${workerKibMax} KiB`);
console.log(`heaviest before gzip: ${heaviest.join(', ')}`);
if (kib > workerKibMax) process.exitCode = 1;
