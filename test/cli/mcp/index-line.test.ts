import { describe, expect, it } from 'vitest';
import { indexLine, indexTokensMax, tokensOf } from '../../../cli/mcp/agent-skills.ts';

const name = '@acme/weekly-report';
const version = '1.4.0';

describe('what an agent learns of a skill before it opens it', () => {
  it.each([
    [
      'an ordinary one',
      { name, version, description: 'Writes the weekly report.', commands: ['report'] },
    ],
    [
      'the longest description',
      { name, version, description: 'word '.repeat(300), commands: ['report'] },
    ],
    [
      'signs that JSON escapes',
      { name, version, description: '"\\'.repeat(300), commands: ['report'] },
    ],
    [
      'words of another script',
      { name, version, description: '週報を書く。'.repeat(60), commands: ['report'] },
    ],
    [
      'signs beyond the first plane',
      { name, version, description: '😀'.repeat(300), commands: ['report'] },
    ],
    [
      'a hundred commands',
      {
        name,
        version,
        description: 'x',
        commands: Array.from({ length: 100 }, (_, i) => `command-${i}`),
      },
    ],
    [
      'one command as long as a path',
      { name, version, description: 'x'.repeat(300), commands: ['a/'.repeat(200)] },
    ],
    [
      'the longest name',
      {
        name: `@${'a'.repeat(64)}/${'b'.repeat(64)}`,
        version: '10.20.30-beta.4',
        description: 'y'.repeat(300),
        commands: ['run', 'check'],
      },
    ],
  ])('is at most 100 tokens: %s', (_, skill) => {
    const line = indexLine(skill);
    expect(tokensOf(JSON.stringify(line))).toBeLessThanOrEqual(indexTokensMax);
    expect(line).toMatchObject({ name: skill.name, version: skill.version });
    expect(skill.commands.slice(0, line.commands.length)).toEqual(line.commands);
  });

  it('says all of what fits, and shows where something is missing', () => {
    const short = {
      name,
      version,
      description: 'Writes the weekly report.',
      commands: ['report', 'check'],
    };
    expect(indexLine(short)).toEqual(short);
    expect(indexLine({ ...short, description: '週報を書く。'.repeat(60) }).description).toMatch(
      /^週報.*…$/u,
    );
  });

  it.each([
    ['', 0],
    ['abcd', 1],
    ['abcde', 2],
    ['週報', 2],
    ['ab週', 2],
  ])('counts %j as %d tokens', (text, tokens) => {
    expect(tokensOf(text)).toBe(tokens);
  });
});
