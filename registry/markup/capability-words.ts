/** Capabilities as texts of pages. */
import { type Capability, printCapability } from '../../skills-index/skill/capability.ts';
import { defanged } from './defanged.ts';

/** A capability as text: without its kind, with defanged addresses. */
export function wordsOf(capability: Capability): string {
  if (capability.kind === 'env' && capability.name === '*') return '* (every variable)';
  if (capability.kind === 'exec' && capability.program === '*') return '* (any program)';
  const words = printCapability(capability).slice(capability.kind.length + 1);
  return capability.kind === 'egress' ? words.replace(/\S+:\/\/\S+$/, defanged) : words;
}
