/** What the commands may use of this room. */
export { readZip } from '../archives/zip.ts';
export { download } from './download.ts';
export { readPythonPage } from './python-page.ts';
export { readPackage } from './read-package.ts';
