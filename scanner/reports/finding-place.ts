/** A finding in the reports for CI systems, which show nothing else of its kind. */
import type { Finding } from '../../skills-index/statement/finding.ts';

/** A finding about the form of a skill says first that it concerns publishing, and no attack. */
export function findingMessage({ kind, message }: Pick<Finding, 'kind' | 'message'>): string {
  return kind === 'form' ? `Cannot be taken as a skill: ${message}` : message;
}

/** The path of a file from the folder in which the scan was started. @param skill of its report */
export function filePath(skill: string, path: string): string {
  return skill === '.' ? path : `${skill}/${path}`;
}
