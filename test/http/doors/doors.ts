/** Every door of every server here, once: the table of docs/security.md is written from it, and every cell is knocked at. */
import { consoleRoutes } from "../../../reference/console/routes.ts";
import { controlRoutes } from "../../../reference/control/routes/index.ts";
import { endpoints } from "../../../src/api/index.ts";

export type Credential =
  | "nothing"
  | "an API key"
  | "the control token"
  | "the MCP token"
  | "the operator token"
  | "the metrics token"
  | "a signature";
export type Place = "this machine" | "anywhere";
/** Whose pages a browser may have ask. */
export type Pages = "any" | "of this machine" | "its own" | "none";
export const serverNames = [
  "onsync reference",
  "onsync start",
  "onsync mcp --http",
  "onsync listen",
  "--metrics-port",
] as const;
export type ServerName = (typeof serverNames)[number];
export type Route = { method: string; path: string };

export type Door = {
  server: ServerName;
  /** As the table names it. */
  group: string;
  routes: readonly Route[];
  /** From where, on a server that listens on all addresses; one on the loopback is reached from this machine alone. */
  from: Place;
  pages: Pages;
  with: Credential;
};

function get(...paths: string[]): Route[] {
  return paths.map((path) => ({ method: "GET", path }));
}

function post(path: string): Route[] {
  return [{ method: "POST", path }];
}

function below(root: string, routes: readonly Route[]): Route[] {
  return routes.map(({ method, path }) => ({ method, path: root + path.replaceAll(/\{\w+\}/g, "none") }));
}

function ofReference(server: "onsync reference" | "onsync start"): Door[] {
  return [
    {
      server,
      group: "`/v1/*`",
      routes: below("/v1", Object.values(endpoints)),
      from: "anywhere",
      pages: "of this machine",
      with: "an API key",
    },
    {
      server,
      group: "`/v1/openapi.json`",
      routes: get("/v1/openapi.json"),
      from: "anywhere",
      pages: "of this machine",
      with: "nothing",
    },
    {
      server,
      group: "`/_control/*`",
      routes: below("/_control", controlRoutes),
      from: "this machine",
      pages: "its own",
      with: "the control token",
    },
    {
      server,
      group: "`/_console/*`",
      routes: below("/_console", consoleRoutes),
      from: "this machine",
      pages: "its own",
      with: "the control token",
    },
    {
      server,
      group: "`/_console/files/*`, `/_console/live`",
      routes: get("/_console/files/app.js", "/_console/live"),
      from: "this machine",
      pages: "its own",
      with: "nothing",
    },
  ];
}

export const doors: readonly Door[] = [
  ...ofReference("onsync reference"),
  {
    server: "onsync reference",
    group: "`/` (the console's page)",
    routes: get("/"),
    from: "this machine",
    pages: "its own",
    with: "nothing",
  },
  ...ofReference("onsync start"),
  {
    server: "onsync start",
    group: "`/` (the console's page; elsewhere a page of addresses)",
    routes: get("/"),
    from: "anywhere",
    pages: "of this machine",
    with: "nothing",
  },
  {
    server: "onsync start",
    group: "`/mcp`",
    routes: post("/mcp"),
    from: "anywhere",
    pages: "of this machine",
    with: "the MCP token",
  },
  {
    server: "onsync start",
    group: "`/hooks`",
    routes: post("/hooks"),
    from: "anywhere",
    pages: "of this machine",
    with: "a signature",
  },
  {
    server: "onsync start",
    group: "`/healthz`, `/readyz`",
    routes: get("/healthz", "/readyz"),
    from: "anywhere",
    pages: "any",
    with: "nothing",
  },
  {
    server: "onsync mcp --http",
    group: "`/mcp`",
    routes: post("/mcp"),
    from: "anywhere",
    pages: "of this machine",
    with: "the MCP token",
  },
  {
    server: "onsync mcp --http",
    group: "`/approvals`, `/approvals/*` (with `--send person`)",
    routes: [...get("/approvals", "/approvals/none"), ...post("/approvals/none/approve")],
    from: "anywhere",
    pages: "its own",
    with: "the operator token",
  },
  {
    server: "onsync mcp --http",
    group: "`/healthz`, `/readyz`",
    routes: get("/healthz", "/readyz"),
    from: "anywhere",
    pages: "any",
    with: "nothing",
  },
  {
    server: "onsync listen",
    group: "`/`",
    routes: post("/"),
    from: "anywhere",
    pages: "none",
    with: "a signature",
  },
  {
    server: "onsync listen",
    group: "`/healthz`, `/readyz`",
    routes: get("/healthz", "/readyz"),
    from: "anywhere",
    pages: "any",
    with: "nothing",
  },
  {
    server: "--metrics-port",
    group: "`/metrics`",
    routes: get("/metrics"),
    from: "anywhere",
    pages: "none",
    with: "the metrics token",
  },
];

/** A server that was told of no metrics token takes it for a wrong one, of which the approval page hears twenty from an address. */
export function isTriedAt({ server }: Door, credential: string): boolean {
  return credential !== "the metrics token" || server === "onsync listen" || server === "--metrics-port";
}

/** The table as docs/security.md has it. */
export function renderDoors(): string {
  const rows = doors.map((door) => [`\`${door.server}\``, door.group, door.from, door.pages, door.with]);
  const head = ["server", "routes", "from", "pages", "with"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
