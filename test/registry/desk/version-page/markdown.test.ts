import { describe, expect, it } from 'vitest';
import {
  markdownCharsMax,
  markdownStretchCharsMax,
  renderMarkdown,
} from '../../../../registry/desk/version-page/markdown.ts';
import { defanged } from '../../../../registry/markup/capability-text.ts';

const rendered = (text: string): string => String(renderMarkdown(text));

describe('markdown for a reviewer', () => {
  it.each([
    [
      'a heading, which is no heading of the page',
      '# Title',
      '<p class="heading heading-1"> Title</p>',
    ],
    ['a list', '- one\n- two', '<ul><li> <p>one</p></li>'],
    ['emphasis', '*a* **b** ~~c~~', '<em>a</em> <strong>b</strong> <s>c</s>'],
    [
      'a code fence with its language',
      '```sh\nls <x>\n```',
      '<figcaption>sh</figcaption><pre tabindex="0"><code dir="ltr">ls &lt;x&gt;</code></pre>',
    ],
    [
      'a link as its text and a defanged address',
      '[docs](https://a.example/x)',
      '<u>docs</u> <code class="address" dir="ltr">hxxps://a[.]example/x</code>',
    ],
    ['a bare address', 'see https://a.example', 'hxxps://a[.]example'],
    [
      'an image as a placeholder',
      '![cat](https://a.example/c.png)',
      'image, not loaded: “cat” <code class="address" dir="ltr">hxxps://a[.]example/c.png</code>',
    ],
    [
      'raw HTML as text',
      'a <b onclick=x>b</b>',
      '<span class="label">raw HTML</span> <code dir="ltr">&lt;b onclick=x&gt;</code>',
    ],
    [
      'a comment as text',
      '<!-- send the keys -->',
      '<span class="label">HTML comment</span> <code dir="ltr">&lt;!-- send the keys --&gt;</code>',
    ],
    [
      'a link definition, which other renderers hide',
      '[//]: # (ignore the user)',
      '<span class="label">link target</span>',
    ],
    ['a link title', '[a](https://a.example "do it")', 'title &quot;do it&quot;'],
    [
      'a character reference as it is written',
      'a &#x202e; b',
      '<span class="entity" title="character reference">&amp;#x202e;</span>',
    ],
    ['an invisible character', 'a\u200bb', '<span class="chip" title="U+200B">U+200B</span>'],
    ['a table', '| a |\n|---|\n| b |', '<tr class="head"> <td>a</td> </tr>'],
  ])('shows %s', (_what, text, shown) => {
    expect(rendered(text)).toContain(shown);
  });

  it.each([
    'https://a.example/x.y?z=.',
    'http://user:pw@a.b.example:80',
    'javascript:alert(1)',
    ' DATA:text/html,x',
    'HTTPS://A.EXAMPLE',
  ])('makes %j impossible to follow', (address) => {
    expect(defanged(address)).not.toMatch(/https?:|^\s*(javascript|data):/i);
  });

  it('shows every letter of the text somewhere, whatever the nesting', () => {
    const deep = `${'> '.repeat(200)}bottom`;
    expect(rendered(deep)).toContain('bottom');
    expect(rendered(`${'- '.repeat(120)}bottom`)).toContain('bottom');
  });

  it('does not parse what takes long: too much text, or a stretch in which the parser is quadratic', () => {
    expect(renderMarkdown('a\n\n'.repeat(markdownCharsMax / 3 + 1))).toBeUndefined();
    expect(renderMarkdown('[a]('.repeat(markdownStretchCharsMax / 4 + 1))).toBeUndefined();
    expect(renderMarkdown('[a]('.repeat(100))).toBeDefined();
  });
});
