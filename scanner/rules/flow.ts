/** Written by `npm run lists`: the rules in the folder flow. */
import type { Rule } from '../rule.ts';
import { collectionBesideNetwork } from './flow/collection-beside-network.ts';
import { credentialFileToNetwork, fileToNetwork } from './flow/credential-file-to-network.ts';
import { decodedToExec, fileToExec } from './flow/file-to-exec.ts';
import { networkToExec, untrustedToAgent } from './flow/network-to-exec.ts';
import {
  encodedToNetwork,
  environmentToNetwork,
  hostFactsToNetwork,
  recordingToNetwork,
} from './flow/recording-to-network.ts';
import {
  inputToShell,
  secretsToOneHost,
  secretToChild,
  secretToOutput,
} from './flow/secret-to-child.ts';
import { secretToComputedHost } from './flow/secret-to-computed-host.ts';
import {
  localSecretToNetwork,
  secretBesideData,
  secretInUrl,
  secretToNetwork,
} from './flow/secret-to-network.ts';

export const flowRules: readonly Rule[] = [
  collectionBesideNetwork,
  credentialFileToNetwork,
  decodedToExec,
  encodedToNetwork,
  environmentToNetwork,
  fileToExec,
  fileToNetwork,
  hostFactsToNetwork,
  inputToShell,
  localSecretToNetwork,
  networkToExec,
  recordingToNetwork,
  secretBesideData,
  secretInUrl,
  secretToChild,
  secretToComputedHost,
  secretToNetwork,
  secretToOutput,
  secretsToOneHost,
  untrustedToAgent,
];
