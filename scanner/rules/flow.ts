/** Written by `npm run lists`: the rules in the folder flow. */
import type { Rule } from '../rule.ts';
import { collectionBesideNetwork } from './flow/collection-beside-network.ts';
import { credentialFileToNetwork } from './flow/credential-file-to-network.ts';
import { decodedToExec } from './flow/decoded-to-exec.ts';
import { encodedToNetwork } from './flow/encoded-to-network.ts';
import { environmentToNetwork } from './flow/environment-to-network.ts';
import { fileToExec } from './flow/file-to-exec.ts';
import { fileToNetwork } from './flow/file-to-network.ts';
import { hostFactsToNetwork } from './flow/host-facts-to-network.ts';
import { inputToShell } from './flow/input-to-shell.ts';
import { localSecretToNetwork } from './flow/local-secret-to-network.ts';
import { networkToExec } from './flow/network-to-exec.ts';
import { recordingToNetwork } from './flow/recording-to-network.ts';
import { secretBesideData } from './flow/secret-beside-data.ts';
import { secretInUrl } from './flow/secret-in-url.ts';
import { secretToChild } from './flow/secret-to-child.ts';
import { secretToComputedHost } from './flow/secret-to-computed-host.ts';
import { secretToNetwork } from './flow/secret-to-network.ts';
import { secretToOutput } from './flow/secret-to-output.ts';
import { secretsToOneHost } from './flow/secrets-to-one-host.ts';
import { untrustedToAgent } from './flow/untrusted-to-agent.ts';

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
