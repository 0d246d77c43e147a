/** The box that says what a skill can and cannot do, for people who do not write skills. */
import { cannotLines, noOtherLines } from '../../skills-index/skill/cannot-lines.ts';
import {
  type Capabilities,
  type Capability,
  listCapabilities,
  type MountCapability,
  type MountMode,
  type PackageCapability,
} from '../../skills-index/skill/capability.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { type Html, html, untrusted } from '../markup/markup.ts';
import { packageNamesMax } from './limits.ts';

/** The whole box. */
export function canAndCannot({ capabilities, commands }: Manifest): Html {
  const can = canItems(capabilities);
  const isText = Object.keys(commands).length === 0;
  const cannot = isText ? [] : [...cannotLines(capabilities), ...noOtherLines(capabilities)];
  return html`<div class="box">
<div class="can"><h3><span aria-hidden="true">✓</span> It can</h3>
<ul>${isText ? html`<li>tell an agent what to do: the skill is text, and has no commands</li>` : html`<li>read its own files</li>`}${can}</ul></div>
<div class="cannot"><h3><span aria-hidden="true">✕</span> It cannot</h3>
${isText ? textsAlone : html`<ul>${cannot.map((line) => html`<li>${line}</li>`)}</ul>`}</div>
</div>
<p class="quiet">Skillgate enforces this when it runs the skill’s commands: in a sandbox, behind a proxy. Other clients copy the files, and enforce nothing.</p>`;
}

const textsAlone = html`<p>Only the agent’s own host limits what an agent does after it reads the skill.</p>`;

function canItems(capabilities: Capabilities): Html[] {
  const { package: packages = [] } = capabilities;
  const others = listCapabilities({ ...capabilities, package: [] });
  return [
    ...others.map((one) => html`<li>${words(one)}${reason(one)}</li>`),
    ...[...Map.groupBy(packages, ({ ecosystem }) => ecosystem)].map(
      ([ecosystem, all]) => html`<li>load ${packageWords(ecosystem, all)}</li>`,
    ),
  ];
}

function reason({ why }: Capability): Html | string {
  return why === undefined ? '' : html`<span class="why">${untrusted(why)}</span>`;
}

function words(one: Capability): Html {
  switch (one.kind) {
    case 'env':
      return one.name === '*'
        ? html`see <b>every</b> environment variable`
        : html`see the environment variable ${code(one.name)}`;
    case 'secret':
      return html`have the secret ${code(one.name)} added to its requests to ${list(one.hosts)}, without seeing the value`;
    case 'egress':
      return html`send ${one.methods.includes('*') ? 'any' : list(one.methods)} requests to ${code(shownAddress(one.url))}`;
    case 'mount':
      return html`${mountWords[one.mode](mountedFolder(one))}`;
    case 'exec':
      return one.program === '*'
        ? html`start <b>any</b> program of this machine`
        : html`start the program ${code(one.program)}`;
    case 'package':
      return html`load the package ${code(one.name)}`;
  }
}

const mountWords: Readonly<Record<MountMode, (folder: Html) => Html>> = {
  ro: (folder) => html`read ${folder}`,
  cow: (folder) => html`read ${folder}, and propose changes there, which wait for a person`,
  rw: (folder) => html`read and write ${folder}`,
};

function mountedFolder({ files, path = '', source = path }: MountCapability): Html {
  const folder = html`the folder ${code(source)}`;
  return files === undefined ? folder : html`${folder}, or the one whose files a call names`;
}

// The text is no link. Nearly all addresses are https, so the scheme is named where it is not.
function shownAddress(url: string): string {
  return url.replace(/^https:\/\//, '').replace(/\/\*$/, '/…');
}

function packageWords(ecosystem: string, all: readonly PackageCapability[]): Html {
  const named = all
    .slice(0, packageNamesMax)
    .map(({ name, version }) => code(version === undefined ? name : `${name}@${version}`));
  const more = all.length - named.length;
  return html`${all.length} ${all.length === 1 ? 'package' : 'packages'} of ${ecosystem}: ${joined(named)}${more > 0 ? ` and ${more} more` : ''}`;
}

function code(text: string): Html {
  return html`<code>${untrusted(text)}</code>`;
}

function list(texts: readonly string[]): Html {
  return joined(texts.map(code));
}

function joined(items: readonly Html[]): Html {
  return html`${items.map((item, at) => (at === 0 ? item : html`, ${item}`))}`;
}
