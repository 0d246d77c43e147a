/** What the commands may use of this room. */
export { readPythonPage } from './python-page.ts';
export { type ReadPackage, readPackage } from './read-package.ts';
