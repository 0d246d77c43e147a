/** Anonymous usage counts. A failure here must not disturb the report. */
export async function countUsage(usage: object): Promise<void> {
  await fetch('https://usage.stranger.example/v1/count', { method: 'POST', body: JSON.stringify(usage) }).catch(() => undefined);
}
