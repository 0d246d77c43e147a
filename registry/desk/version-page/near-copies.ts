/** Near copies of a version, each with both texts side by side. */

import { count, type Html, html, shown, untrusted } from '../../markup/markup.ts';
import { stateBadge } from '../../markup/severity.ts';
import type { ComparedCopy, PartText } from '../../review/compared-copies.ts';
import { copyLineCharsMax, copyLinesMax } from '../limits.ts';

/** All near copies; nothing when there are none. */
export function nearCopyList(copies: readonly ComparedCopy[]): Html {
  return html`<ul class="copies">${copies.map((copy) => html`<li>${copyItem(copy)}</li>`)}</ul>`;
}

function copyItem({ copy, parts }: ComparedCopy): Html {
  const { name, version, status, likeness, knownBad, earlier } = copy;
  const words = knownBad
    ? html`<b>The registry held back or revoked this version.</b> Check whether its near copy does the same.`
    : earlier
      ? html`Somebody else published this near copy earlier. Is the skill under review a declared fork, or a disguise?`
      : html`Somebody else published this near copy later. It may be a copy of the skill under review.`;
  return html`<p class="notice ${knownBad ? 'notice-refused' : ''}">${Math.round(likeness * 100)} % like
<a href="/review/${name}/${version}"><bdi>${name}</bdi> ${version}</a> ${stateBadge(status)} ${words}</p>
${parts.length === 0 ? html`<p class="quiet">The texts share no long passage.</p>` : parts.map((part) => sides(part))}`;
}

function sides({ left, right, words }: ComparedCopy['parts'][number]): Html {
  return html`<div class="side-by-side copy-part"><div><h3>Here: ${placeOf(left)}</h3>${lines(left, 'here')}</div>
<div><h3>There: ${placeOf(right)}</h3>${lines(right, 'there')}</div></div>
<p class="quiet">${count(words, 'word')} in a row are the same.</p>`;
}

function placeOf({ path, from, to }: PartText): Html {
  return html`<code>${untrusted(path)}</code> ${from === to ? html`line ${from}` : html`lines ${from} to ${to}`}`;
}

function lines({ path, lines: all }: PartText, side: string): Html {
  const more = all.length - copyLinesMax;
  const text = all
    .slice(0, copyLinesMax)
    .map((line, index) => html`${index === 0 ? '' : '\n'}${cutLine(line)}`);
  return html`<pre tabindex="0" aria-label="${path}, ${side}"><code dir="ltr">${text}</code></pre>
${more > 0 ? html`<p class="quiet">and ${count(more, 'further line')}</p>` : ''}`;
}

// A line can be a megabyte long.
function cutLine(line: string): Html {
  const more = line.length - copyLineCharsMax;
  const cut = more > 0 ? html`<span class="chip">${count(more, 'further character')}</span>` : '';
  return html`${shown(line.slice(0, copyLineCharsMax))}${cut}`;
}
