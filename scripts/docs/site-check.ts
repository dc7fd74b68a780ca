/** What a page of a built site asks of others: that what its links name is there, and that nothing is loaded from elsewhere. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";

const isElsewhere = (reference: string) => /^(?:[a-z]+:)?\/\//i.test(reference);

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

const attributes = (html: string, element: string, attribute: string) =>
  [...html.matchAll(new RegExp(`<${element}\\b[^>]*?\\s${attribute}="([^"]*)"`, "g"))].map(([, value = ""]) =>
    value.replaceAll("&amp;", "&"),
  );

/** @returns a sentence for each thing that is wrong */
export function checkSite(folder: string): string[] {
  const files = listFiles(folder);
  const known = new Set(files);
  const pages = new Map(
    files.filter((file) => file.endsWith(".html")).map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
  const anchors = new Map([...pages].map(([file, html]) => [file, new Set(attributes(html, "[a-z0-9]+", "id"))]));
  const problems: string[] = [];
  for (const [page, html] of pages) {
    const loaded = ["script", "img", "iframe", "source"].flatMap((element) => attributes(html, element, "src"));
    for (const reference of [...loaded, ...attributes(html, "link", "href")])
      if (isElsewhere(reference)) problems.push(`${page} loads ${reference}, which is not part of the site`);
      else if (!reference.startsWith("data:") && !known.has(resolve(page, reference).file))
        problems.push(`${page} loads ${reference}, which is not there`);
    for (const reference of new Set(attributes(html, "a", "href"))) {
      if (isElsewhere(reference) || /^[a-z]+:/i.test(reference)) continue;
      const { file, anchor } = resolve(page, reference);
      if (!known.has(file)) problems.push(`${page} names ${reference}, which is not there`);
      else if (anchor !== "" && anchors.get(file)?.has(anchor) === false)
        problems.push(`${page} names ${reference}, and ${file} has no such heading`);
    }
  }
  for (const file of files.filter((each) => each.endsWith(".css")))
    for (const [, reference = ""] of readFileSync(join(folder, file), "utf8").matchAll(/url\(["']?([^"')]+)/g))
      if (isElsewhere(reference)) problems.push(`${file} loads ${reference}, which is not part of the site`);
  return problems;
}

function resolve(page: string, reference: string): { file: string; anchor: string } {
  const [path = "", anchor = ""] = reference.split("#");
  const from = path === "" ? page : posix.join(posix.dirname(page), path);
  const file = path.startsWith("/") ? path.slice(1) : from;
  return {
    file: file === "" || file === "." || file.endsWith("/") ? posix.join(file, "index.html") : file.replace(/\?.*/, ""),
    anchor: decodeURIComponent(anchor),
  };
}
