/** What the command line may use of `runner/webhooks/`. */
export { postOutside } from './post-outside.ts';
