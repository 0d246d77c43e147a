/** What the code does depends on whether somebody watches. */

import { joinedText } from '../../fact/joined-text.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { milderIn } from '../../fact/standing.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const evasion = defineRule({
  id: 'obfuscation/evasion',
  title: 'Acts only when nobody watches',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'Code that waits for a date, for one machine, or for the absence of a debugger, sandbox or virtual machine behaves differently in a review than later.',
  fix: 'Do the same everywhere; say in the description what it depends on.',
  maps: { cwe: ['CWE-511'], owasp: ['AST08'], attack: ['T1497', 'T1480'] },
  reads: [
    'source',
    'trait:code-from-string',
    'trait:decode-to-code',
    'trait:pipe-to-interpreter',
    'capability:exec',
    'capability:egress',
  ],
  check: (context) =>
    context.sources
      .filter(
        ({ depth, language }) =>
          depth === 0 && /^(typescript|javascript|python|shell)$/.test(language),
      )
      .flatMap((source) => draftsOf(source, actsIn(source, context))),
});

const reachChars = 800;

interface Gate {
  readonly form: RegExp;
  readonly says: string;
}

/**
 * Tests of the surroundings, as they stand in a condition. Sources: ATT&CK T1497.001, T1497.003,
 * T1480.
 */
const gates: readonly Gate[] = [
  {
    form: /\b(?:\w{1,40}(?:\.\w{1,40})?\.(?:now|utcnow|today|time)\(\)|Date\.now\(\)|new Date\(\))(?:\.\w+\(\)|\.timestamp\(\)){0,2}\s{0,4}[<>]=?\s{0,4}(?:\w{1,40}(?:\.\w{1,40})?\(\s?20\d\d\s?,|new Date\(\s?["']?20\d\d|Date\.(?:UTC|parse)\(|1[6-9]\d{8}(?:\d{3})?\b)/g,
    says: 'a date',
  },
  {
    form: /\$\(date \+["']?%(?:s|Y%m%d)["']?\)["']?\s{1,4}-(?:gt|ge|lt|le)\s{1,4}["']?\d{8,}/g,
    says: 'a date',
  },
  {
    form: /\b(?:\w{1,40}\.(?:gethostname\(\)|node\(\)|uname\(\)\.nodename|getuser\(\)|hostname\(\)|userInfo\(\)\.username)|(?:gethostname|hostname|getuser)\(\))\s{0,4}(?:[!=]==?|in\b)\s{0,4}["'([{]/g,
    says: 'one machine or user',
  },
  {
    form: /\bif\b[^\n]{0,40}\$\((?:hostname|whoami|id -un)\)["']?\s{1,4}[!=]=?\s{1,4}["']?[A-Za-z]/g,
    says: 'one machine or user',
  },
  {
    form: /\bgettrace\(\)\s{0,4}(?:is\b|!=|==|:|\))|\bTracerPid\b|\bptrace\(\s?(?:PTRACE_TRACEME|0)|\bprocess\.execArgv\b[^\n]{0,60}inspect/g,
    says: 'a debugger',
  },
  {
    form: /\/\.dockerenv\b|\bsystemd-detect-virt\b|\b(?:product_name|sys_vendor)\b[^\n]{0,80}(?:VMware|VirtualBox|QEMU|KVM|Xen)|\b(?:vboxguest|vmtoolsd|VBoxService|SbieDll|wireshark|procmon|fiddler|cuckoo)\b/gi,
    says: 'a sandbox or virtual machine',
  },
];

/** Offsets at which the source starts programs, runs text or talks to others. */
function actsIn({ path }: TaintSource, context: RuleContext): number[] {
  const traits = context.of('trait').filter(({ span }) => span.path === path);
  // Asking for the surroundings is no act.
  const uses = context
    .of('capability')
    .filter(
      ({ span, capability }) =>
        span.path === path &&
        !(
          capability.kind === 'exec' &&
          /^(hostname|whoami|systemd-detect-virt|uname)$/.test(capability.program)
        ),
    );
  return [...traits, ...uses].map(({ span }) => span.start);
}

function draftsOf(source: TaintSource, acts: readonly number[]): FindingDraft[] {
  if (acts.length === 0) return [];
  return gatesIn(source).flatMap(({ span, says }) => {
    const { end } = span;
    if (!acts.some((at) => at >= end && at <= end + reachChars)) return [];
    return [
      { span, severity: milderIn('medium', source), message: `what follows depends on ${says}` },
    ];
  });
}

const gatesIn = remembered((source: TaintSource) => {
  const { text, offsetOf } = joinedText(source);
  return gates.flatMap(({ form, says }) =>
    [...text.matchAll(form)].map((match) => {
      const start = offsetOf(match.index);
      const end = offsetOf(match.index + match[0].length);
      return { span: { path: source.path, start, end }, says };
    }),
  );
});
