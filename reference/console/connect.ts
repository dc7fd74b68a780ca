/** What the console's Connect page says: where everything is, and how others are told of it. */
export type Connect = {
  /** What this is, in a sentence or two. */
  lead: string;
  addresses: readonly {
    name: string;
    value: string | null;
    note: string;
    link?: { text: string; href: string };
  }[];
  /** How AI assistants are connected; may be empty. */
  assistants: readonly { client: string; where: string; text: string }[];
  /** What to try from a terminal. */
  commands: readonly { title: string; text: string }[];
  /** What to know before. */
  commandsNote?: string;
};

/** For a reference that was started by itself. It keeps only hashes of keys, so it cannot show one. */
export function createPlainConnect(origin: string): Connect {
  return {
    lead: "This is the reference implementation of the OnSync API. It answers as OnSync does, and no message leaves this machine.",
    addresses: [
      { name: "API", value: `${origin}/v1`, note: "The base URL clients are given." },
      {
        name: "Key",
        value: null,
        note: "It was shown when the reference started. Make another under Settings → API & Webhooks.",
      },
      {
        name: "Control",
        value: `${origin}/_control`,
        note: "Plays the customer, moves the clock, breaks connections. From this machine only, with the control token that was shown at start, and no part of OnSync.",
      },
    ],
    assistants: [],
    commands: [
      {
        title: "Be a customer who writes",
        text: `curl -X POST ${origin}/_control/inbound \\\n  -H "Authorization: Bearer $ONSYNC_CONTROL_TOKEN" \\\n  -H "Content-Type: application/json" \\\n  -d '{"platform":"whatsapp","from":"+971500000000","content":"Hi, can you confirm my order?"}'`,
      },
    ],
  };
}
