/** What is where, and what to try first: the console's Connect page and the landing page are both written from it. */
import type { Connect } from "../../reference/index.ts";
import { createCurlExamples, createMcpSnippets, formatShellSetup, getHooksUrl, getMcpUrl, type Site } from "./site.ts";

function formatLead({ api }: Site): string {
  return api.embedded
    ? "This is the embedded reference API with made-up data: it answers as OnSync does, and no message leaves this machine."
    : `Talking to the OnSync API at ${api.url} with your key. What is sent from here really reaches customers.`;
}

function listApiAddresses({ api, origin, isReachable }: Site): Connect["addresses"] {
  return api.embedded
    ? [
        {
          name: "API",
          value: api.url,
          note: "The OnSync API.",
          link: { text: "OpenAPI document", href: "/v1/openapi.json" },
        },
        isReachable
          ? { name: "Key", value: null, note: "Made for this run, and shown in the terminal that started it." }
          : {
              name: "Key",
              value: api.key,
              note: "The same every time. It opens the made-up data only, so it is no secret.",
            },
        api.data === null
          ? { name: "Data", value: null, note: "Kept in memory, and gone when it stops. --data FILE keeps it." }
          : {
              name: "Data",
              value: isReachable ? null : api.data,
              note: "Kept in a file, and found again the next time.",
            },
        {
          name: "Control",
          value: `${origin}/_control`,
          note: "Plays the customer, moves the clock, breaks connections. From this machine only, with the token that the terminal shows (ONSYNC_CONTROL_TOKEN), and no part of OnSync.",
        },
      ]
    : [
        {
          name: "API",
          value: api.url,
          note: "The embedded reference API is not running, because ONSYNC_API_KEY is set. Nothing stands in for the real one.",
        },
      ];
}

function formatHooksNote({ api }: Site): string {
  return api.embedded
    ? "The webhook receiver, registered for every event: each is verified and handed to assistants that wait for it."
    : "The webhook receiver: deliveries are verified with ONSYNC_WEBHOOK_SECRETS and handed to assistants that wait for them. OnSync must be able to reach it from outside.";
}

function listCommands(site: Site): Connect["commands"] {
  const setup = formatShellSetup(site);
  if (setup === null) return [];
  const text = [
    setup,
    `npm run --silent onsync -- call list_messages '{"conversationId":"whatsapp:+971500000000"}'`,
    "npm run --silent onsync -- doctor",
  ].join("\n");
  return [...createCurlExamples(site), { title: "The same with the onsync command", text }];
}

function formatCommandsNote({ api }: Site): string {
  return api.embedded && api.data !== null
    ? "The requests of the API's documentation, with this key. Should Sara's 24-hour window have closed meanwhile, let her write first: the third one opens it."
    : "The requests of the API's documentation, with this key. Sara's window is open: she wrote two hours ago.";
}

export function createConnectPage(site: Site): Connect {
  return {
    lead: formatLead(site),
    addresses: [
      ...listApiAddresses(site),
      {
        name: "MCP",
        value: getMcpUrl(site),
        note: `Tools for AI assistants, over Streamable HTTP.${site.mcpToken ? " Clients show the token of ONSYNC_MCP_TOKEN." : ""}`,
      },
      site.hooks
        ? { name: "Webhooks", value: getHooksUrl(site), note: formatHooksNote(site) }
        : { name: "Webhooks", value: null, note: "Set ONSYNC_WEBHOOK_SECRETS to receive deliveries at /hooks." },
    ],
    assistants: createMcpSnippets(site),
    commands: listCommands(site),
    commandsNote: formatCommandsNote(site),
  };
}
