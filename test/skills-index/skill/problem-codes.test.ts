import { expect, it } from 'vitest';
import { commandCodes } from '../../../skills-index/skill/problem-codes/command.ts';
import { packageCodes } from '../../../skills-index/skill/problem-codes/package.ts';
import { registryCodes } from '../../../skills-index/skill/problem-codes/registry.ts';
import { runCodes } from '../../../skills-index/skill/problem-codes/run.ts';
import { skillCodes } from '../../../skills-index/skill/problem-codes/skill.ts';
import { trustCodes } from '../../../skills-index/skill/problem-codes/trust.ts';
import { problemCodes } from '../../../skills-index/skill/problem-codes.ts';

it('defines each problem code in one table only', () => {
  const tables = [skillCodes, trustCodes, registryCodes, runCodes, commandCodes, packageCodes];
  const codes = tables.flatMap((table) => Object.keys(table));
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  expect(codes.sort()).toEqual(Object.keys(problemCodes).sort());
});
