/** Text that makes an agent decode something and act on what comes out. */
import { showsOnly } from '../../models/code-fences.ts';
import { actsOnDecoded, decodesText } from '../../models/lures.ts';
import { plainWords } from '../../plain-words.ts';
import { type Draft, defineRule } from '../../rule.ts';

export const decodeInstructions = defineRule({
  id: 'prose/decode-instructions',
  title: 'An agent is made to decode its orders',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'What is encoded was not read by anybody who approved the skill; an agent that decodes it obeys a stranger.',
  fix: 'Write the instructions as they are.',
  maps: { owasp: ['LLM01'], attack: ['T1140', 'T1027'] },
  reads: ['text'],
  revision: 1,
  check: (context) => {
    const byFile = Map.groupBy(
      context.of('text').filter((fact) => /^(prose|heading|list-item|fence|hidden)$/.test(fact.role)),
      (fact) => fact.span.path,
    );
    return [...byFile.values()].flatMap((facts) => {
      const first = facts.findIndex((fact) => fact.role !== 'fence' && decodesText.test(plainWords(fact.text)));
      const fact = facts[first];
      if (fact === undefined) return [];
      const near = facts
        .slice(Math.max(0, first - 4), first + 8)
        .filter((one) => Math.abs(one.span.start - fact.span.start) < 1_500);
      const words = plainWords(
        near
          .filter((one) => one.role !== 'fence')
          .map((one) => one.text)
          .join(' \n '),
      );
      const hasBlob = near.some((one) => /[A-Za-z0-9+/=]{80}|[!-u]{120}/.test(one.text));
      if (!actsOnDecoded.test(words) || showsOnly.test(words.replace(/\bpayloads?\b/gi, ''))) return [];
      const found: Draft = {
        span: fact.span,
        severity: hasBlob ? 'high' : 'medium',
        message: 'makes an agent decode something and act on what comes out',
      };
      return [found];
    });
  },
});
