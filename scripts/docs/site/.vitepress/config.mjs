/** The documents as a site: the files of docs/ as they are, with a search that asks nobody. */
import { fileURLToPath } from "node:url";

const repository = "https://github.com/onsync/onsync-automation";

/** What a page names outside docs/ is shown where the code is. */
function linkToRepository(markdown) {
  const open =
    markdown.renderer.rules.link_open ??
    ((tokens, index, options, _, self) => self.renderToken(tokens, index, options));
  markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const href = tokens[index].attrGet("href") ?? "";
    const outside = /^\.\.\/(.+)$/.exec(href)?.[1] ?? (/^[^:#]+\.(txt|yaml)$/.test(href) ? `docs/${href}` : undefined);
    if (outside !== undefined) tokens[index].attrSet("href", `${repository}/blob/main/${outside}`);
    return open(tokens, index, options, env, self);
  };
}

/** Anchors are those that the pages have where the code is. */
const slugify = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");

const page = (text, name) => ({ text, link: `/${name}` });

export default {
  title: "OnSync Automation",
  description: "Connects OnSync, the shared inbox, to Zapier, to AI assistants and to your own systems.",
  srcDir: fileURLToPath(new URL("../../../../docs", import.meta.url)),
  outDir: fileURLToPath(new URL("../../../../build/site", import.meta.url)),
  cacheDir: fileURLToPath(new URL("../../../../build/site-cache", import.meta.url)),
  rewrites: { "README.md": "index.md" },
  cleanUrls: false,
  lastUpdated: false,
  markdown: { config: linkToRepository, anchor: { slugify } },
  themeConfig: {
    search: {
      provider: "local",
      options: {
        // What it repeats of the other pages is found there.
        _render: (source, env, markdown) => (env.relativePath === "claims.md" ? "" : markdown.render(source, env)),
      },
    },
    outline: [2, 3],
    externalLinkIcon: true,
    socialLinks: [{ icon: "github", link: repository }],
    sidebar: [
      {
        text: "Begin",
        items: [
          page("Which part is for whom", ""),
          page("Getting started", "getting-started"),
          page("Four first hours", "diary"),
          page("Troubleshooting", "troubleshooting"),
        ],
      },
      {
        text: "Use",
        items: [
          page("The Zapier app", "zapier"),
          page("The MCP server", "mcp"),
          page("claude.ai and ChatGPT", "mcp-remote"),
          page("The client", "client"),
          page("Packages", "packages"),
          page("The send ledger", "ledger"),
          page("Moving data", "data"),
          page("Events", "events"),
          page("Life of a message", "message-statuses"),
          page("The control API", "control-api"),
        ],
      },
      {
        text: "Run",
        items: [
          page("Deploying", "deploy"),
          page("Metrics", "metrics"),
          page("Security", "security"),
          page("Publishing the Zapier app", "zapier-publishing"),
        ],
      },
      {
        text: "Know",
        items: [
          page("Reliability", "reliability"),
          page("The API contract", "contract"),
          page("Benchmarks", "benchmarks"),
          page("Claims", "claims"),
          page("Architecture", "architecture"),
          page("Adding an operation", "adding-an-operation"),
        ],
      },
    ],
  },
};
