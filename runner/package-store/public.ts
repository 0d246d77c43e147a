/** What the commands may use of this room. */
export { advisedPackages, requireAllowedPackages } from './advised-packages.ts';
export { auditPackages } from './audit-packages.ts';
export { cleanPackages, listSets } from './clean.ts';
export { openHouse } from './open-house.ts';
export { readyPackages } from './ready-packages.ts';
