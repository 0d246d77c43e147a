/** What the commands may use of this room. */
export { readyPackages } from './ready-packages.ts';
