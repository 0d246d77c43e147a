/** What the command line may use of `runner/host/`. */

export { changeHostPolicy } from './change-policy.ts';
export { findProgram, whyNotMountable } from './host.ts';
export { readHostPolicy } from './host-policy.ts';
export {
  type HouseFiles,
  houseFiles,
  readHouse,
  readHouseFile,
  withHouse,
  writeHouse,
} from './house-files.ts';
