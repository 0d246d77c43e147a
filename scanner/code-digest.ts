/** Written by `npm run digests`; a test holds it to the code. The code that makes reports. */
export const codeDigest = 'sha256:18312229dcc5c3168e35d3e38c541d12c84e3bc09ec2f048f3a119175eecb971';
