/** How a page may be looked at, and what holds however it is. */
import { expect } from "@jest/globals";
import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";

export const looks: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark", viewport: { width: 768, height: 1000 } },
  phone: { colorScheme: "light", viewport: { width: 360, height: 740 } },
};

type Violation = { id: string; nodes: { target: string[]; failureSummary: string }[] };

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate(
    `axe.run(document, { resultTypes: ["violations"], rules: { "color-contrast-enhanced": { enabled: false } } }).then(({ violations }) => violations)`,
  )) as Violation[];
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
  );
}

/** No accessibility violation, and nothing that sticks out. */
export async function expectSound(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  expect(
    await page.evaluate(
      `[...document.querySelectorAll("main, .detail, .scroller")].filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.className)`,
    ),
  ).toEqual([]);
}
