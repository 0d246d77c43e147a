/** The address of a service that receives tokens or signatures: over TLS, or on this machine. */
import { Problem } from '../../skills-index/skill/problem.ts';
import { isLoopbackUrl } from '../loopback-url.ts';

/** The URL without a trailing slash. @throws Problem `signing-config-invalid` */
export function parseServiceUrl(text: string, what: string): string {
  const url = URL.parse(text);
  // The message does not repeat a password in the URL.
  const shown =
    url === null || url.username + url.password === ''
      ? text.slice(0, 200)
      : `${url.protocol}//…@${url.host}`;
  const refuse = (why: string) =>
    new Problem('signing-config-invalid', `Cannot use ${JSON.stringify(shown)} as ${what}: ${why}`);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw refuse('write https://HOST');
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw refuse('it has a user or a fragment');
  if (url.protocol === 'http:' && !isLoopbackUrl(url))
    throw refuse('plain http is allowed for this machine only');
  return url.href.replace(/\/+$/, '');
}
