/** What the commands may use of this room. */
export { cleanPackages, listSets, storedBytes } from './clean.ts';
export { requireNoMalware } from './malware.ts';
export { readPythonPage } from './python-page.ts';
export { readyPackages } from './ready-packages.ts';
