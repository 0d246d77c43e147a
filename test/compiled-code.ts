/**
 * Where processes of tests keep compiled code: each home of its own would compile the sources anew.
 */
import { fileURLToPath } from 'node:url';

export const compiledCode = {
  NODE_COMPILE_CACHE: fileURLToPath(
    new URL('../node_modules/.cache/skillgate-compiled', import.meta.url),
  ),
};
