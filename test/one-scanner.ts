/**
 * Loaded into each process of tests: has its commands scan in one process (`warm-scanner.ts`).
 */
import { registerHooks } from 'node:module';

const commands = new URL('../cli/', import.meta.url).href;
const warmScanner = new URL('warm-scanner.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.endsWith('/watched-scan.ts') && context.parentURL?.startsWith(commands)
      ? next(warmScanner, context)
      : next(specifier, context),
});
