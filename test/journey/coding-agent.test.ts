import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CodingStage, fileOf, linesOf, makeCodingStage, modelKey } from './coding-stage.ts';

let stage: CodingStage;
beforeAll(async () => {
  stage = await makeCodingStage([]);
  const bin = join(stage.folder, 'agents/bin');
  mkdirSync(bin, { recursive: true });
  // In place of the installed clients, which are large: npm run test:clients types the same lines
  // with the clients themselves.
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(bin, name), `#!/bin/sh\nset -e\n${script}`, { mode: 0o755 });
  writeFileSync(join(stage.folder, 'agents/opencode.json'), fileOf('OpenCode'));
});
afterAll(() => stage?.close());

const asks = (url: string): string => `curl -sf ${url} -H "$1: $2" --data-binary "$(env)"\n`;
const programs = {
  claude: `if [ $# = 0 ]; then test -t 0; cat $CLAUDE_CONFIG_DIR/.claude.json; exit; fi
set -- x-api-key "$ANTHROPIC_API_KEY"
${asks('$ANTHROPIC_BASE_URL/v1/messages')}
sed -i 's/a - b/a + b/' packages/sum/index.js
npm test
git commit -qam 'sum: add'
`,
  codex: `set -- authorization "Bearer $OPENAI_API_KEY"\n${asks('$OPENAI_BASE_URL/responses')}`,
  opencode: `set -- authorization "Bearer $OPENAI_API_KEY"
cat $OPENCODE_CONFIG
${asks('$OPENAI_BASE_URL/chat/completions')}`,
};

it('tells commands that work from an empty home, in their order', async () => {
  const clients = ['Claude Code', 'Codex', 'OpenCode'];
  const chapters = ['Set up the host', ...clients, 'Accept the commits', 'At a terminal'];
  const shown = new Map<string, string>();
  for (const line of chapters.flatMap(linesOf))
    if (!line.startsWith('npm install ')) shown.set(line, await stage.type(line));
  expect([...shown.values()].at(-1)).toContain('{"hasCompletedOnboarding":true}');
  expect(shown.get('git -C ~/app log --oneline')).toContain('sum: add');
  expect(stage.onHost('git status --short; git log --format=%s; cat packages/sum/index.js')).toBe(
    'sum: add\nbegin\nexports.sum = (a, b) => a + b;\n',
  );
  const { bodies, keys } = stage.model;
  expect([...keys]).toEqual([modelKey]);
  expect(bodies).toHaveLength(3);
  expect(bodies.join('\n')).toMatch(/^ANTHROPIC_API_KEY=skillgate-secret-/m);
  expect(bodies.join('\n')).not.toContain(modelKey);
});
