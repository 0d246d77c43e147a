/** The scanner of the command line: `npm run build` makes a file of it, and Node images. */
import { startupSnapshot } from 'node:v8';
import { fillImage } from './image-program.ts';

export { replyTo } from './local-scan.ts';

if (startupSnapshot.isBuildingSnapshot()) void fillImage(process.argv.includes('light'));
