/** What a person types to get a skill, for each client. */
import { type SkillName, scopeOf, shortNameOf } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Registry } from '../context.ts';
import { type Html, html, typedLine } from '../markup/markup.ts';

export interface Installable {
  readonly name: SkillName;
  /** Absent for the version that the registry offers at the time of the installation. */
  readonly version?: Version;
}

interface InstallLine {
  readonly client: string;
  /** What the client verifies, and what it enforces. */
  readonly checks: string;
  readonly line: string;
}

/** The lines of the clients that can install the skill. */
export function installLines(
  { config: { base }, readers }: Pick<Registry, 'config' | 'readers'>,
  { name, version }: Installable,
): InstallLine[] {
  const which = version === undefined ? name : `${name}@${version}`;
  const pinned = version === undefined ? '' : ` --version ${version}`;
  const shortName = shortNameOf(name);
  const own = {
    client: 'Skillgate',
    checks: 'Verifies every signature, and runs the skill in a sandbox.',
    line: `skillgate install ${which}`,
  };
  // The other clients send no token.
  if (readers?.isPrivate(scopeOf(name)) === true) return [own];
  return [
    own,
    {
      client: 'npx skills',
      checks: 'Compares the files with a digest. Verifies no signature, and enforces nothing.',
      line: `npx skills add ${base}/${which}`,
    },
    {
      client: 'clawhub',
      checks: 'Verifies nothing, and enforces nothing.',
      line: `CLAWHUB_REGISTRY=${base} CLAWHUB_SITE=${base} clawhub install ${name}${pinned}`,
    },
    {
      client: 'OpenClaw',
      checks: 'Asks the registry for its verdict. Verifies nothing, and enforces nothing.',
      line: `OPENCLAW_CLAWHUB_URL=${base} openclaw skills install ${name}${pinned}`,
    },
    {
      client: 'Claude Code',
      checks: 'Compares the package with a digest. Verifies no signature, and enforces nothing.',
      line: `claude plugin marketplace add ${base}/${which}/marketplace.json && claude plugin install ${shortName}@${scopeOf(name)}.${shortName}`,
    },
  ];
}

/** The lines as a list, the safest client first. */
export function installList(lines: readonly InstallLine[]): Html {
  return html`<ul class="install">${lines.map(
    ({ client, checks, line }) => html`<li><h3>${client}</h3><p class="quiet">${checks}</p>
${typedLine(`the line for ${client}`, line)}</li>`,
  )}</ul>`;
}
