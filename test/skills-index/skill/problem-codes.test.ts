import { expect, it } from 'vitest';
import { registryCodes } from '../../../skills-index/skill/problem-codes/registry.ts';
import { runCodes, trustCodes } from '../../../skills-index/skill/problem-codes/trust.ts';
import {
  commandCodes,
  packageCodes,
  problemCodes,
  skillCodes,
} from '../../../skills-index/skill/problem-codes.ts';

it('defines each problem code in one table only', () => {
  const tables = [skillCodes, trustCodes, registryCodes, runCodes, commandCodes, packageCodes];
  const codes = tables.flatMap((table) => Object.keys(table));
  expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  expect(codes.sort()).toEqual(Object.keys(problemCodes).sort());
});
