// A browser for tests and screenshots, driven by playwright.
import { chromium, type Browser } from 'playwright-core';
import { findChromium } from './chromium.ts';
import { PassedOver, type Log } from './store.ts';

/** A Chromium that runs, or null where none can be had; `log` is told which, or why not. */
export async function openBrowser(log: Log): Promise<Browser | null> {
  try {
    const { executablePath, env, description } = await findChromium({ log });
    log(description);
    return await chromium.launch({
      executablePath,
      env: { ...(process.env as Record<string, string>), ...env },
      args: ['--no-sandbox'],
    });
  } catch (error) {
    if (!(error instanceof PassedOver)) throw error;
    log(`NOT TESTED: ${error.message}`);
    return null;
  }
}
