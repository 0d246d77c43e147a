/** Text that has a person or an agent turn a protection off. */

import { defencesLowered } from '../../prose/frames/frame-manner.ts';
import { doorsLeftOpen } from '../../prose/frames/harm-frames.ts';
import { weakenings } from '../../prose/lures.ts';
import { defencePhrases } from '../../prose/phrases/harms.ts';
import { remark, remarksOn } from '../../prose/remarks.ts';
import { defineRule } from '../../rule.ts';

export const weakenedDefence = defineRule({
  id: 'prose/weakened-defence',
  title: 'The text turns a protection off',
  ...remark,
  confidence: 'lexical',
  why: 'Malware asks for its obstacles to be removed: antivirus, Gatekeeper, certificate checks, the sandbox. Honest software is signed instead.',
  fix: 'Make it work with the protection on; if that cannot be, say exactly which one, why and how to turn it on again.',
  maps: { cwe: ['CWE-693'], owasp: ['ASI09'] },
  reads: ['text'],
  check: (context) =>
    remarksOn(context.of('text'), 'turns a protection off', forms, framesOfDefences),
});

const forms = [...weakenings, ...defencePhrases];

const framesOfDefences = [...defencesLowered, ...doorsLeftOpen];
