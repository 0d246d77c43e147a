/** The path of a file from the folder in which the scan was started. @param skill of its report */
export function filePath(skill: string, path: string): string {
  return skill === '.' ? path : `${skill}/${path}`;
}
