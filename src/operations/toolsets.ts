/** Groups of tools, so that an operator offers what an assistant is for and nothing else (`onsync mcp --toolsets`). */
export const toolsets = ["account", "contacts", "conversations", "sending", "webhooks", "events"] as const;
export type Toolset = (typeof toolsets)[number];
