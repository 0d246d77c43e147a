/** An agent's skills as a server of skills over MCP needs them. */
import type { ServedSkill } from '../../skills-index/mcp/skill-entry.ts';
import type { ServedSkills } from '../../skills-index/mcp/skill-methods.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { admissionSecondsMax } from '../limits.ts';
import type { Startable } from '../run/start-skill.ts';
import type { OpenedFile } from './agent-skills.ts';

/** The part of an agent's skills that the methods of skills over MCP need. */
export interface McpSkills {
  all(): Promise<readonly Startable[]>;
  /** Asks no person. @throws Problem */
  find(name: SkillName): Promise<Startable>;
  /** May ask a person. @throws Problem */
  open(name: string, path?: string): Promise<OpenedFile>;
}

/** Approved and granted skills only. */
export function servedSkills(skills: McpSkills): ServedSkills {
  return {
    async *after(name) {
      const served = (await skills.all()).map(servedOf);
      yield* served
        .filter((skill) => name === undefined || skill.name > name)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    find: async (name) => servedOf(await skills.find(name)),
    open: async (name, path) => (await skills.open(name, path)).bytes,
    // The answer is for one identity at one moment.
    caching: { ttlMs: admissionSecondsMax * 1_000, cacheScope: 'private' },
  };
}

function servedOf({ admitted: { description, name }, opened }: Startable): ServedSkill {
  return {
    name,
    description,
    readBundle: async () => opened.bundle,
    readSkillMd: () => opened.read('SKILL.md'),
  };
}
