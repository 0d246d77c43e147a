/** Written by `npm run lists`: the rules in the folder prose. */
import type { Rule } from '../rule.ts';
import { boundlessRole } from './prose/boundless-role.ts';
import { concealment, secretInReply } from './prose/concealment.ts';
import { credentialSolicitation } from './prose/credential-solicitation.ts';
import { decodeInstructions, encodedInstructions } from './prose/decode-instructions.ts';
import { destructiveOrders } from './prose/destructive-orders.ts';
import { exfiltrationInstructions } from './prose/exfiltration-instructions.ts';
import { falseAuthority } from './prose/false-authority.ts';
import { hiddenText } from './prose/hidden-text.ts';
import { installLure } from './prose/install-lure.ts';
import { overrideInstructions } from './prose/override-instructions.ts';
import { plantedContent } from './prose/planted-content.ts';
import { remoteInstructions } from './prose/remote-instructions.ts';

export const proseRules: readonly Rule[] = [
  boundlessRole,
  concealment,
  credentialSolicitation,
  decodeInstructions,
  destructiveOrders,
  encodedInstructions,
  exfiltrationInstructions,
  falseAuthority,
  hiddenText,
  installLure,
  overrideInstructions,
  plantedContent,
  remoteInstructions,
  secretInReply,
];
