/** The address that stands among the words of a call, whatever program or library is called. */
import type { FlowSink } from '../fact/fact.ts';
import { anyEgress, egressOf } from '../lookup-tables/egress-of.ts';
import { isPublicAddress, isPublicName } from '../lookup-tables/public-hosts.ts';

/** The first address of a host in the words: with a scheme, else bare. */
export function besideOf(words: readonly string[]): Pick<FlowSink, 'beside'> {
  const named = words.flatMap((word) => (word.match(withScheme) ?? []).flatMap(egressUrlsOf));
  const [beside] = [...named, ...words.flatMap((_, at) => bareHostOf(words, at))];
  return beside === undefined ? {} : { beside };
}

function egressUrlsOf(address: string): readonly string[] {
  const egress = egressOf(address, ['*']);
  return egress === undefined || egress.url === anyEgress ? [] : [egress.url];
}

// `--host notes.acme.net`, `45.83.12.9:8080`, `$KEY.notes.acme.net`, `me:$KEY@notes.acme.net`.
// Without such a sign, a word like `notes.v1.io` may as well be a file.
function bareHostOf(words: readonly string[], at: number): readonly string[] {
  const [, option, word = ''] = /^(?:-{0,2}([\w-]{1,20})=)?(.*)$/s.exec(words[at] ?? '') ?? [];
  const behind = option ?? /^-{1,2}([\w-]{1,20})$/.exec(words[at - 1] ?? '')?.[1] ?? '';
  const [, mark = '', name = '', port, path] = bareHost.exec(word) ?? [];
  const host = name.toLowerCase();
  const hasPort = port !== undefined || portNumber.test(words[at + 1] ?? '');
  const isAsked = hostOptions.test(behind) || mark !== '';
  const isHost =
    isPublicAddress(host) || mark === '//'
      ? isAsked || hasPort
      : isPublicName(host, isAsked) && (isAsked || hasPort || path !== undefined);
  return isHost || (isAsked && isPublicName(host, true)) ? egressUrlsOf(`https://${host}/`) : [];
}

const withScheme = /(?<![a-z])[a-z][\w+.-]{1,20}:\/\/[^\s"'`<>,;)]+/gi;
const bareHost =
  /^(\/\/|.{0,200}\0\.|.{0,200}\0@)?((?:[a-z0-9-]{1,60}\.){1,6}[a-z]{2,24}|\d{1,3}(?:\.\d{1,3}){3})(:\d{2,5})?(\/[^\s]*)?$/is;
const hostOptions =
  /^(?:addr|address|b|base[_-]?url|broker|bootstrap[_-]servers|endpoint|h|host|host[_-]?name|relay|remote|s|server|server[_-]?url|target|to|uri|url)$/i;
const portNumber = /^\d{2,5}$/;
