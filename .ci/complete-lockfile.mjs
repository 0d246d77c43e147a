// After each dependency change: npm leaves foreign-platform optional packages that its registry
// does not answer for out of the lockfile, and `npm ci` then refuses it
// ("Missing: … from lock file"). This writes the missing entries, without integrity: npm never
// fetches them on a platform of the tests.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const missing = Object.entries(lock.packages).flatMap(([at, { optionalDependencies = {}, dev }]) =>
  Object.entries(optionalDependencies)
    .filter(
      ([name]) =>
        !lock.packages[`node_modules/${name}`] && !lock.packages[`${at}/node_modules/${name}`],
    )
    .map(([name, version]) => {
      const os = /android|darwin|linux|win|freebsd|openharmony/
        .exec(name)?.[0]
        .replace(/^win$/, 'win32');
      const cpu = /arm64|arm|ia32|ppc64|riscv64|s390x|64/
        .exec(
          name
            .split('/')
            .at(-1)
            .replace(/win32|openharmony/, ''),
        )?.[0]
        .replace(/^64$/, 'x64');
      const entry = {
        version,
        cpu: [cpu],
        dev,
        optional: true,
        os: [os],
        ...(name.includes('musl') && { libc: ['musl'] }),
      };
      return [`node_modules/${name}`, entry];
    }),
);
lock.packages = Object.fromEntries(
  [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => (a < b ? -1 : 1)),
);
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${missing.length} entries added to package-lock.json`);
