/** A registry that shows all lines of an index but the last in a part, as it does of many lines. */
import { indexPartPath } from '../../skills-index/client/registry-index.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';

/** Changes an answer on its way: of the index file of the skill, and of its part. */
export function indexInParts(name: SkillName) {
  const parts = new Map<string, string>();
  return async (path: string, answer: Response): Promise<Response> => {
    const part = parts.get(path);
    if (part !== undefined) return new Response(part);
    if (path !== `/index/${name}` || answer.status !== 200) return answer;
    const lines = (await answer.text()).trim().split('\n');
    const older = lines.slice(0, -1).map((line) => JSON.parse(line));
    const text = lines
      .slice(0, -1)
      .map((line) => `${line}\n`)
      .join('');
    const digest = digestOf(text);
    parts.set(indexPartPath(name, { digest }), text);
    const [lowest, highest] = [older[0].version, older.at(-1).version];
    const upTo = older.at(-1).logIndex;
    const heading = { parts: [{ digest, lowest, highest, upTo, depth: 1 }], schema: 'x', sum: 'x' };
    return new Response(`${canonicalJson(heading)}\n${lines.at(-1)}\n`);
  };
}
