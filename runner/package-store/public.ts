/** What the commands may use of this room. */
export { cleanPackages, listSets, setName, storedBytes } from './clean.ts';
export { requireNoMalware } from './malware.ts';
export { readyPackages } from './ready-packages.ts';
