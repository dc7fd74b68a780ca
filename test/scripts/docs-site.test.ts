/** What `npm run docs` finds wrong in a site. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { checkSite } from "../../scripts/docs/site-check.ts";
import { temporaryFolder } from "../../testing/imports/import-file.ts";

function makeSite(folder: string, pages: Record<string, string>): string {
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "assets/style.css"), "body { background: url(data:image/png;base64,AA) }");
  for (const [name, html] of Object.entries(pages)) writeFileSync(join(folder, name), html);
  return folder;
}

test("a site that is whole is passed", () => {
  using folder = temporaryFolder();
  const site = makeSite(folder.path, {
    "index.html":
      '<link rel="stylesheet" href="/assets/style.css"><a href="./a.html#one">a</a><a href="https://example.com/">b</a>',
    "a.html": '<h2 id="one">One</h2><a href="/">back</a><a href="#one">up</a>',
  });
  expect(checkSite(site)).toEqual([]);
});

test("a page or a heading that is not there, and what is loaded from elsewhere, is told", () => {
  using folder = temporaryFolder();
  const site = makeSite(folder.path, {
    "index.html":
      '<script src="https://cdn.example/x.js"></script><a href="./b.html">b</a><a href="./a.html#two">a</a>',
    "a.html": '<h2 id="one">One</h2><img alt="" src="/lost.png">',
  });
  writeFileSync(join(site, "assets/font.css"), "@font-face { src: url(https://fonts.example/x.woff2) }");
  expect(checkSite(site).toSorted()).toEqual([
    "a.html loads /lost.png, which is not there",
    "assets/font.css loads https://fonts.example/x.woff2, which is not part of the site",
    "index.html loads https://cdn.example/x.js, which is not part of the site",
    "index.html names ./a.html#two, and a.html has no such heading",
    "index.html names ./b.html, which is not there",
  ]);
});
