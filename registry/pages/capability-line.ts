/** What a capability lets a skill do, in words: of a whole version, and of what is new in one. */
import type {
  Capability,
  MountCapability,
  MountMode,
  PackageCapability,
} from '../../skills-index/skill/capability.ts';
import { type Html, html, untrusted } from '../markup/markup.ts';

/** Such as `send GET requests to api.crm.example/v2/…`. */
export function capabilityLine(one: Capability): Html {
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
      return html`load the package ${code(packageName(one))}`;
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

/** Such as `left-pad@1.3.0`. */
export function packageName({ name, version }: PackageCapability): string {
  return version === undefined ? name : `${name}@${version}`;
}

/** A name that the skill’s author wrote. */
export function code(text: string): Html {
  return html`<code>${untrusted(text)}</code>`;
}

function list(texts: readonly string[]): Html {
  return joined(texts.map(code));
}

/** Items with commas between them. */
export function joined(items: readonly Html[]): Html {
  return html`${items.map((item, at) => (at === 0 ? item : html`, ${item}`))}`;
}
