/**
 * Chromium for the browser tests: Debian's package or `SKILLGATE_CHROMIUM`; a missing one is a
 * failure that names the line to type.
 */
import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import {
  type Browser,
  type BrowserContext,
  type CDPSession,
  chromium,
  type Page,
} from 'playwright-core';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
];

// A headless browser on loopback: no network of its own, no profile but a fresh one (playwright
// makes and removes it).
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Chromium is. @throws Error with the line to type */
export function chromiumPath(env: NodeJS.ProcessEnv = process.env): string {
  const given = env.SKILLGATE_CHROMIUM;
  const found = (given === undefined ? usualPlaces : [given]).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      `No Chromium at ${given ?? usualPlaces.join(', ')}. Type: apt-get install chromium   or set SKILLGATE_CHROMIUM to its path`,
    );
  }
  return found;
}

/** Starts Chromium headless. */
export async function startChromium(more: readonly string[] = []): Promise<Browser> {
  // Chromium's own sandbox does not work for root, which CI often is.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [...root, ...quiet, ...more];
  return chromium.launch({ executablePath: chromiumPath(), args });
}

export interface Tab {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the console and the content policy complained about. */
  readonly complaints: string[];
  /** The authenticator's control. */
  readonly cdp: CDPSession;
}

/** What axe finds on a page. The dark page differs from the light one in its colours alone. */
export async function axeFindings(
  page: Page,
): Promise<{ id: string; first: string | undefined; why: string | undefined }[]> {
  // Legacy: in the page itself. Otherwise each look opens a second page, for frames that we have not.
  const axe = () => new AxeBuilder({ page }).setLegacyMode();
  const light = await axe().analyze();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await axe().withRules('color-contrast').analyze();
  await page.emulateMedia({ colorScheme: 'light' });
  return [...light.violations, ...dark.violations].map(({ id, nodes: [first] }) => ({
    id,
    first: first?.html,
    why: first?.failureSummary,
  }));
}

/** A fresh profile with one page, and a virtual authenticator that verifies its user. */
export async function openTab(
  browser: Browser,
  options: { readonly javaScript?: boolean } = {},
): Promise<Tab> {
  const context = await browser.newContext({
    colorScheme: 'light',
    javaScriptEnabled: options.javaScript ?? true,
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { context, page, complaints, cdp };
}
