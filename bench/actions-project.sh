# The small git repository in which actions of a coding agent begin: npm run bench -- actions.
set -e
mkdir -p .github/workflows .vscode src test packages/one
printf '%s\n' '{' '  "name": "project",' '  "version": "1.0.0",' \
  '  "scripts": { "test": "node --test" }' '}' > package.json
echo '{ "name": "one", "version": "1.0.0", "main": "one.js" }' > packages/one/package.json
echo 'module.exports = 1;' > packages/one/one.js
echo '# Rules for agents' > AGENTS.md
echo 'on: push' > .github/workflows/ci.yml
echo '{}' > .vscode/settings.json
printf '%s\n' node_modules .venv __pycache__ dist '*.egg-info' build > .gitignore
printf '%s\n' 'const one = 1;' 'const two = 2;' > src/a.js
echo 'const b = 1;' > src/b.js
echo "require('node:test')('adds', () => {});" > test/a.test.js
printf '%s\n' 'import unittest' 'class T(unittest.TestCase):' '    def test_one(self): pass' \
  > test_one.py
printf '%s\n' 'from setuptools import setup' \
  'setup(name="hello", version="1", py_modules=["hello"])' > setup.py
echo 'text = "hello"' > hello.py
printf '%s\n' '#include <stdio.h>' 'int main(void) { puts("hello"); }' > hello.c
printf 'hello: hello.c\n\tcc -o hello hello.c\n' > Makefile
git init -q -b main .
git add -A
git commit -qm 'begin'
