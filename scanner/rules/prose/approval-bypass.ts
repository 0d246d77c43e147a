/** Text or settings by which an agent stops asking its user. */
import { answersForUser } from '../../prose/frames/harm-frames.ts';
import { approvalOrders, approvalSwitches } from '../../prose/lures.ts';
import { approvalPhrases } from '../../prose/phrases/orders.ts';
import { readingOf } from '../../prose/reading.ts';
import { remark, remarksOn } from '../../prose/remarks.ts';
import { textsFor } from '../../prose/texts.ts';
import { defineRule } from '../../rule.ts';

export const approvalBypass = defineRule({
  id: 'prose/approval-bypass',
  title: 'An agent is told to stop asking',
  ...remark,
  confidence: 'lexical',
  why: 'The questions an agent asks are the last gate between a skill and the machine.',
  fix: 'Leave the questions on; say in the text which steps need an answer.',
  maps: { owasp: ['LLM06', 'ASI09'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const switches = textsFor(facts, approvalSwitches).flatMap(({ fact }) => {
      const [quote] = approvalSwitches.exec(readingOf(fact).words) ?? [];
      return quote === undefined || /^(comment|inline-code)$/.test(fact.role)
        ? []
        : [{ span: fact.span, message: `stops an agent from asking: "${quote}"` }];
    });
    const orders = remarksOn(facts, 'tells an agent not to ask', forms, answersForUser);
    return [
      ...switches,
      ...orders.filter(({ span }) => !switches.some((known) => known.span === span)),
    ];
  },
});

const forms = [...approvalOrders, ...approvalPhrases];
