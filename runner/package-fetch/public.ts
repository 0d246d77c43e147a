/** What the commands may use of this room. */
export { readPythonPage } from './python-page.ts';
export { readPackage } from './read-package.ts';
