/** A bare connection whose data goes to a shell and back. */
import { isLoopbackHost, targetOf } from '../../lookup-tables/egress-of.ts';
import type { Out } from './out.ts';

/** Notes a shell that a file joins to a connection of `net` or `tls`. */
export function noteRemoteShell(out: Out): void {
  const here = out.facts.filter(({ span }) => span.path === out.source.path);
  const startsShell =
    here.some(
      (fact) =>
        fact.kind === 'capability' &&
        fact.capability.kind === 'exec' &&
        shells.test(fact.capability.program),
    ) ||
    out.embedded.some(
      ({ language, text }) =>
        language === 'shell' && shells.test(text.trim().split(/['"\s]+/)[0] ?? ''),
    );
  if (!startsShell || !joins.test(out.source.text)) return;
  const socket = here.find(
    (fact) =>
      (fact.kind === 'trait' && fact.trait === 'listen' && bare.test(fact.api)) ||
      (fact.kind === 'capability' &&
        fact.capability.kind === 'egress' &&
        fact.traits.includes('raw-socket') &&
        !isLoopbackHost(targetOf(fact.capability.url).host)),
  );
  if (socket === undefined) return;
  const { certainty, context, span } = socket;
  out.facts.push({
    kind: 'trait',
    trait: 'reverse-shell',
    detail: 'a shell whose input and output are a connection',
    api: 'net',
    span,
    context,
    certainty,
  });
}

const shells = /^(?:.*[\\/])?(?:(?:ba|da|z|k|c|a)?sh|cmd|powershell|pwsh)(?:\.exe)?$/i;
const bare = /^(?:node:)?(?:net|tls)\b/;
// `socket.pipe(shell.stdin)`, `shell.stdin.write(data)`, `stdio: [socket, socket]`
const joins =
  /\.pipe\s{0,4}\([^()\n]{0,80}\bstdin\b|\bstd(?:out|err)\s{0,4}\.\s{0,4}pipe\s{0,4}\(|\bstdio\s{0,4}:\s{0,4}\[\s{0,4}(?!["'\d])\w|\bstdin\s{0,4}\.\s{0,4}write\b/;
