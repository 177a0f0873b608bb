// axe, which finds what bars people from a page.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/**
 * Asks axe about a page for what is against its rules. Its half megabyte of script is read with the first question to a
 * document: by itself it is read twice for each. No second page is opened to put the parts together: there are no frames.
 */
export async function axeOn(page: Page): Promise<AxeBuilder> {
  const isThere = await page.evaluate<boolean>('typeof axe === "object"');
  return (
    new AxeBuilder({ page: page as never, ...(isThere ? { axeSource: ';' } : {}) })
      // What is in order is not listed.
      .options({ resultTypes: ['violations'] })
      .setLegacyMode()
  );
}
