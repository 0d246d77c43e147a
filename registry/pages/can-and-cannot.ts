/** The box that says what a skill can and cannot do, for people who do not write skills. */
import { cannotLines, noOtherLines } from '../../skills-index/skill/cannot-lines.ts';
import {
  type Capabilities,
  type Capability,
  listCapabilities,
  type PackageCapability,
} from '../../skills-index/skill/capability.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { type Html, html, untrusted } from '../markup/markup.ts';
import { capabilityLine, code, joined, packageName } from './capability-line.ts';
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
    ...others.map((one) => html`<li>${capabilityLine(one)}${reason(one)}</li>`),
    ...[...Map.groupBy(packages, ({ ecosystem }) => ecosystem)].map(
      ([ecosystem, all]) => html`<li>load ${packageWords(ecosystem, all)}</li>`,
    ),
  ];
}

function reason({ why }: Capability): Html | string {
  return why === undefined ? '' : html`<span class="why">${untrusted(why)}</span>`;
}

function packageWords(ecosystem: string, all: readonly PackageCapability[]): Html {
  const named = all.slice(0, packageNamesMax).map((one) => code(packageName(one)));
  const more = all.length - named.length;
  return html`${all.length} ${all.length === 1 ? 'package' : 'packages'} of ${ecosystem}: ${joined(named)}${more > 0 ? ` and ${more} more` : ''}`;
}
