/** Reads a page as a browser's tokenizer would and lists what it may not hold. */
const elements = new Set(
  'html head meta title link script body a header nav form button span main p h1 h2 h3 dialog section dl div dt dd kbd table caption thead tr th tbody td details summary b code ul li ol article svg rect path aside label textarea fieldset legend input bdi mark footer pre figure figcaption em strong s u blockquote hr br time noscript'.split(
    ' ',
  ),
);
const attributes = new Set(
  'lang charset name content rel href type src defer class id aria-label aria-labelledby aria-current aria-hidden aria-describedby data-passkey data-passkey-key data-options data-error tabindex role method action hidden value scope title viewBox preserveAspectRatio width height x d for required maxlength rows placeholder checked start datetime dir property autocomplete'.split(
    ' ',
  ),
);
/** What a page of ours may have. */
export interface OwnMarkup {
  /** The page's own addresses. */
  readonly addresses: RegExp;
  readonly scripts: number;
}

const deskMarkup: OwnMarkup = { addresses: /^(\/review(?![^/?#])|#)/, scripts: 1 };

/** Of pages for everybody: a path of this site, and the page's own address in its head. */
export const publicMarkup: OwnMarkup = {
  addresses: /^(\/(?![/\\])|#|http:\/\/localhost\/)/,
  scripts: 0,
};

/**
 * Elements, attributes and addresses in the page that no template of ours writes; none when nothing
 * foreign is live.
 */
export function foreignMarkup(page: string, own = deskMarkup): string[] {
  const foreign: string[] = [];
  for (const [whole, name, rest] of page.matchAll(
    /<\/?([^\s/>]+)((?:[^>"']|"[^"]*"|'[^']*')*)>/g,
  )) {
    if (whole === '<!doctype html>') continue;
    if (name === undefined || !elements.has(name)) foreign.push(whole);
    for (const [, attribute, , value] of (rest ?? '').matchAll(/([^\s"'>/=]+)(="([^"]*)")?/g)) {
      if (attribute === undefined || !attributes.has(attribute))
        foreign.push(`${attribute} in ${whole.slice(0, 120)}`);
      if (
        (attribute === 'href' || attribute === 'src' || attribute === 'action') &&
        !own.addresses.test(value ?? '')
      )
        foreign.push(whole.slice(0, 120));
    }
  }
  const scripts = page.match(/<script/gi)?.length ?? 0;
  if (scripts !== own.scripts) foreign.push(`${scripts} scripts`);
  const seen = page.replace(/<textarea[^>]*>[^<]*|(?:value|data-options)="[^"]*"/g, '');
  if (/[\u0000-\u0008\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/.test(seen))
    foreign.push('an invisible character');
  return foreign;
}
