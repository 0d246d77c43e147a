/** Written by `npm run lists`: the rules in the folder env. */
import type { Rule } from '../rule.ts';
import { clientAddress } from './env/client-address.ts';
import { dynamicName } from './env/dynamic-name.ts';
import { processEnvironment } from './env/process-environment.ts';
import { secretFileLoad } from './env/secret-file-load.ts';
import { secretsGathered } from './env/secrets-gathered.ts';
import { steeringVariable } from './env/steering-variable.ts';
import { wholeEnvironment } from './env/whole-environment.ts';

export const envRules: readonly Rule[] = [
  clientAddress,
  dynamicName,
  processEnvironment,
  secretFileLoad,
  secretsGathered,
  steeringVariable,
  wholeEnvironment,
];
