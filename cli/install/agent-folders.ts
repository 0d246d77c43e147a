/**
 * The folders where agents look for a project's skills, from the clients' own tables (see docs).
 * Data only.
 */
import { Problem } from '../../skills-index/skill/problem.ts';

/** The folder with the files; the other folders have links to it. */
export const sharedFolder = '.agents/skills';

const agentFolders: Readonly<Record<string, string>> = {
  amp: sharedFolder,
  claude: '.claude/skills',
  'claude-code': '.claude/skills',
  cline: sharedFolder,
  codex: sharedFolder,
  continue: '.continue/skills',
  copilot: sharedFolder,
  cursor: sharedFolder,
  droid: sharedFolder,
  gemini: sharedFolder,
  goose: '.goose/skills',
  hermes: '.hermes/skills',
  junie: '.junie/skills',
  kiro: '.kiro/skills',
  openclaw: 'skills',
  opencode: sharedFolder,
  openhands: '.openhands/skills',
  pi: sharedFolder,
  roo: '.roo/skills',
  warp: sharedFolder,
  windsurf: '.windsurf/skills',
  zed: sharedFolder,
};

/**
 * The folders of the chosen agents that need a link, without repetition. Agents that read the
 * shared folder need none.
 * @throws Problem `usage` for an agent that is not in the table
 */
export function foldersOf(agents: readonly string[]): string[] {
  const folders = agents.map((agent) => {
    const folder = Object.hasOwn(agentFolders, agent) ? agentFolders[agent] : undefined;
    if (folder !== undefined) return folder;
    throw new Problem(
      'usage',
      `Cannot install for agent ${JSON.stringify(agent)}: the skills folder of this agent is not known`,
      {
        hint: `Known: ${Object.keys(agentFolders).join(', ')}.`,
      },
    );
  });
  return [...new Set(folders)].filter((folder) => folder !== sharedFolder).sort();
}
