/** A shell is given to whoever answers a connection. */

import type { FactOf } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const reverseShell = defineRule({
  id: 'network/reverse-shell',
  title: 'A stranger gets a shell',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'A shell with a connection as input and output lets the other side run anything.',
  fix: 'Remove it. There is no honest use in a skill.',
  maps: { cwe: ['CWE-506'], attack: ['T1059', 'T1095'] },
  reads: ['trait:reverse-shell', 'source'],
  check: (context) =>
    context.of('trait').map((fact) => ({
      span: fact.span,
      severity: milder(namesNobody(fact, context.sources) ? 'medium' : 'critical', fact),
      confidence: fact.certainty,
      message: fact.detail,
    })),
});

// A page that shows the form of such a command, with a word in the place of the host, connects to
// nobody. A program can put a host there.
function namesNobody(fact: FactOf<'trait'>, sources: readonly TaintSource[]): boolean {
  if (!isInText(fact)) return false;
  const { path, start, end } = fact.span;
  const text = sources.find((source) => source.path === path)?.text ?? '';
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const behind = text.indexOf('\n', end);
  const line = text.slice(from, Math.min(behind < 0 ? text.length : behind, from + lineCharsMax));
  // What stands behind the command names no host, and a computed host may be any.
  const command = line.replace(/\s#.*$/, '');
  if (line.length >= lineCharsMax || /\/dev\/(tcp|udp)\/[\d$]/.test(command)) return false;
  return placeholder.test(command) && !anyHost.test(command);
}

const lineCharsMax = 1_000;
const placeholder =
  /\b(ATTACKER|EVIL|HACKER|KALI|LISTENER|LHOST|RHOST|TARGET|VICTIM|YOUR)([-_](IP|HOST|ADDRESS|SERVER))?\b|<[\w -]{2,30}>/;
const anyHost = /\b\d{1,3}(\.\d{1,3}){3}\b|\b[a-z0-9-]{2,60}\.[a-z]{2,12}\b(?![(\w])/i;
