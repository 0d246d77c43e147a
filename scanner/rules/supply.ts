/** Written by `npm run lists`: the rules in the folder supply. */
import type { Rule } from '../rule.ts';
import { activeDocument } from './supply/active-document.ts';
import {
  actsAtImport,
  actsAtInstallation,
  installHook,
  lifecycleScript,
} from './supply/acts-at-installation.ts';
import { danglingReference } from './supply/dangling-reference.ts';
import { foreignSource, indexRedirect } from './supply/foreign-source.ts';
import { lookAlikeSkill } from './supply/look-alike-skill.ts';
import { dependencyConfusion, mutableReference } from './supply/mutable-reference.ts';
import {
  archiveInBundle,
  binaryInBundle,
  credentialInBundle,
  payeeInBundle,
} from './supply/payee-in-bundle.ts';
import { typosquat } from './supply/typosquat.ts';
import { unpinnedInstall } from './supply/unpinned-install.ts';
import { unsafeArchive } from './supply/unsafe-archive.ts';

export const supplyRules: readonly Rule[] = [
  activeDocument,
  actsAtImport,
  actsAtInstallation,
  archiveInBundle,
  binaryInBundle,
  credentialInBundle,
  danglingReference,
  dependencyConfusion,
  foreignSource,
  indexRedirect,
  installHook,
  lifecycleScript,
  lookAlikeSkill,
  mutableReference,
  payeeInBundle,
  typosquat,
  unpinnedInstall,
  unsafeArchive,
];
