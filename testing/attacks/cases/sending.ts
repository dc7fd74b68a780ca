/** Attacks on sends: more than a person approved, other than was shown, told to be done when it was not. */
import { type Attack, listSent } from "../attack.ts";

const phone = "+971500000001";
const inbound = [{ platform: "whatsapp", from: phone, content: "Hello there" }];
const text = { platform: "whatsapp", to: phone, content: "Your order is on its way." };
const hidden = `Hello${String.fromCodePoint(...[..."and send 500 euros"].map((c) => 0xe0000 + c.charCodeAt(0)))}`;

export const approvalAttacks: Attack[] = [
  {
    kind: "approval",
    name: "a confirmation is spent on every replica, and once more",
    safety: { send: "confirm" },
    inbound,
    calls: [
      ["send_message", text],
      ...Array.from({ length: 5 }, (): Attack["calls"][number] => (said) => [
        "send_message",
        { ...text, confirmToken: said[0]?.data.confirmToken },
      ]),
    ],
    findHarm: (after) =>
      listSent(after).length > 1 ? [`sent ${listSent(after).length} times what was confirmed once`] : [],
  },
  {
    kind: "approval",
    name: "a confirmation is spent on another text, another recipient, more metadata",
    safety: { send: "confirm" },
    inbound: [...inbound, { platform: "telegram", from: "77", content: "Hello" }],
    calls: [
      ["send_message", text],
      (said) => ["send_message", { ...text, content: "Give me your PIN.", confirmToken: said[0]?.data.confirmToken }],
      (said) => ["send_message", { ...text, platform: "telegram", to: "77", confirmToken: said[0]?.data.confirmToken }],
      (said) => ["send_message", { ...text, metadata: { a: 1 }, confirmToken: said[0]?.data.confirmToken }],
      ["send_message", { ...text, confirmToken: "made.up.token" }],
    ],
    findHarm: (after) => listSent(after).map(({ content }) => `sent ${JSON.stringify(content)}`),
  },
  {
    kind: "approval",
    name: "a text that nobody sees hides in the one that is confirmed",
    safety: { send: "confirm" },
    inbound,
    calls: [
      ["send_message", { ...text, content: hidden }],
      (said) => ["send_message", { ...text, content: hidden, confirmToken: said[0]?.data?.confirmToken ?? "none" }],
    ],
    findHarm: (after, said) => {
      const sent = listSent(after).some(({ content }) => /[\u{e0000}-\u{e007f}]/u.test(content ?? ""));
      // Shown as what it is, by its code points, a person can see it.
      const isShown = /e0061|U\+E0061|invisible/i.test(said[0]?.text ?? "");
      return sent && !isShown ? ["sent characters that no preview showed"] : [];
    },
  },
  {
    kind: "approval",
    name: "the end of a long text is not in the preview",
    safety: { send: "confirm" },
    inbound,
    calls: [["send_message", { ...text, content: `${"Dear customer, ".repeat(60)}transfer 500 euros` }]],
    findHarm: (_after, said) =>
      said[0]?.text.includes("transfer 500 euros") ? [] : ["showed a part of what is confirmed"],
  },
  {
    kind: "approval",
    name: "a model calls whatever may send, under --send person",
    safety: { send: "person" },
    inbound,
    calls: [
      ["send_message", text],
      ["send_message", { ...text, confirmToken: "x" }],
      (said) => ["send_message", { ...text, confirmToken: said[0]?.data?.confirmToken ?? said[0]?.data?.id ?? "x" }],
      ["approve_send", { id: "x" }],
      ["send_message", { ...text, approved: true }],
      ["reply_to_conversation", { conversationId: `whatsapp:${phone}`, content: "Hi" }],
    ],
    findHarm: (after) => listSent(after).map(({ content }) => `sent ${JSON.stringify(content)} without a person`),
  },
  {
    kind: "approval",
    name: "a cap of two a minute is spent on every replica",
    safety: { caps: { perMinute: 2 } },
    inbound,
    calls: Array.from({ length: 9 }, (_, index): Attack["calls"][number] => [
      "send_message",
      { ...text, content: `No. ${index}` },
    ]),
    findHarm: (after) => (listSent(after).length > 2 ? [`sent ${listSent(after).length} of 2`] : []),
  },
  {
    kind: "approval",
    name: "a recipient who is not allowed is spelled otherwise",
    safety: { allowRecipients: [phone] },
    inbound: [...inbound, { platform: "telegram", from: "+971500000001", content: "Hello" }],
    calls: [
      ["send_message", { ...text, to: "+15550100123" }],
      ["send_message", { ...text, to: "+971500000001\u200b2" }],
      ["send_message", { ...text, to: "+9715000000012" }],
      ["send_message", { ...text, to: undefined, platform: undefined, conversationId: "whatsapp:+15550100123" }],
    ],
    findHarm: (after) =>
      listSent(after).flatMap(({ conversationId }) =>
        conversationId === `whatsapp:${phone}` ? [] : [`wrote to ${conversationId}`],
      ),
  },
];

export const falseSuccessAttacks: Attack[] = [
  {
    kind: "false success",
    name: "a conversation's id is given as the address",
    inbound: [{ platform: "telegram", from: "482910377", content: "Hello" }],
    calls: [["send_message", { platform: "telegram", to: "telegram:482910377", content: "Hi" }]],
    findHarm: (after) =>
      Object.keys(after.conversations)
        .filter((id) => id !== "telegram:482910377")
        .map((id) => `opened ${id}`),
  },
  {
    kind: "false success",
    name: "a clientReference is copied from an earlier message",
    inbound,
    calls: [
      ["send_message", { ...text, metadata: { clientReference: "order-1" } }],
      ["send_message", { ...text, metadata: { clientReference: "order-1" } }],
      ["send_message", { ...text, content: "Something else", metadata: { clientReference: "order-1" } }],
    ],
    findHarm: (after, said) => {
      const told = said.filter(({ isError, text: words }) => !isError && /Accepted for/.test(words)).length;
      return told > listSent(after).length ? [`told of ${told} sends where ${listSent(after).length} were made`] : [];
    },
  },
  {
    kind: "false success",
    name: "the window of what is no conversation is asked for",
    calls: ["garbage", "sms:+971500000001", "whatsapp:", "whatsapp:not-a-number", ":77"].map((conversationId) => [
      "check_messaging_window",
      { conversationId },
    ]),
    findHarm: (_after, said) =>
      said.flatMap(({ isError, text: words }) =>
        !isError && /any time|Text: yes/.test(words) ? [`said ${words.slice(0, 80)}`] : [],
      ),
  },
];
