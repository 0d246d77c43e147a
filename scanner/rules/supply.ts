/** Written by `npm run lists`: the rules in the folder supply. */
import type { Rule } from '../rule.ts';
import { activeDocument } from './supply/active-document.ts';
import { actsAtImport } from './supply/acts-at-import.ts';
import { actsAtInstallation } from './supply/acts-at-installation.ts';
import { archiveInBundle } from './supply/archive-in-bundle.ts';
import { binaryInBundle } from './supply/binary-in-bundle.ts';
import { credentialInBundle } from './supply/credential-in-bundle.ts';
import { danglingReference } from './supply/dangling-reference.ts';
import { dependencyConfusion } from './supply/dependency-confusion.ts';
import { foreignSource } from './supply/foreign-source.ts';
import { indexRedirect } from './supply/index-redirect.ts';
import { installHook } from './supply/install-hook.ts';
import { lifecycleScript } from './supply/lifecycle-script.ts';
import { lookAlikeSkill } from './supply/look-alike-skill.ts';
import { mutableReference } from './supply/mutable-reference.ts';
import { payeeInBundle } from './supply/payee-in-bundle.ts';
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
