#!/usr/bin/env node
// Plain JavaScript without static imports: an older Node must get as far as this sentence, and no
// further.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 22) || major === 23 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `error[node-too-old]: Skillgate needs Node 22.22, 24.15 or newer, and this is Node ${process.versions.node}.\n` +
      'help: install Node 24 from https://nodejs.org, or in a checkout use: npm run -s skill -- ARGS\n',
  );
  process.exitCode = 2;
} else {
  const { main } = await import('./main.ts');
  process.exitCode = await main(process);
  // Nothing is left to do by then. Without this call, Node frees the memory piece by piece.
  process.once('beforeExit', (code) => process.exit(code));
}
