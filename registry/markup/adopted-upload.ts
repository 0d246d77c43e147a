/** The upload that a version was adopted from, for the desk and the public page. */
import type { AdoptedUpload } from '../../skills-index/statement/source.ts';
import { type Html, html, untrusted } from './markup.ts';

/** All three texts are the publisher's words. */
export function uploadOf({ token, by, at }: AdoptedUpload): Html {
  return html`an upload by the token ${untrusted(token)}, which came at ${untrusted(at)}. The key <code>${untrusted(by)}</code> made the token`;
}
