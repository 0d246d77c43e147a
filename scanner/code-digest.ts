/** Written by `npm run digests`; a test holds it to the code. The code that makes reports. */
export const codeDigest = 'sha256:ba5ddb928a0de7639588ab9964e021df69dcef408a4679f0da2387ee393c8c6c';
