/** The resource that explains WhatsApp's 24-hour window: read once, where an agent is about to write to a customer. */
export const windowGuide = `# WhatsApp's 24-hour window

WhatsApp lets a business write free text only within 24 hours of the customer's last message. Each message from the customer opens the window again for 24 hours. What the business sends does not.

| | Window open | Window closed, or the customer never wrote |
|---|---|---|
| send_message | sent | refused, nothing is sent |
| send_template | sent | sent, and the answer carries templateWindowStatus |

Instagram, Facebook and Telegram have no such window here.

## Before you write
1. check_messaging_window with the conversation's id (whatsapp:+971500000000) tells whether it is open and until when. list_messages and list_conversations tell it too.
2. Open: send_message.
3. Closed: list_templates, choose an approved one whose text fits, and send_template with one value for each of its variables, in order. When the customer answers, the window is open again.

A template is a fixed text that WhatsApp has approved. Only its variables are yours to fill.

## When a send fails
- outside_messaging_window: nothing was sent. The window closed, maybe while you were writing.
- template_rejected: nothing was sent. Choose an approved template of list_templates, in its language, with one value for each variable.
- An unknown outcome: the message may have been sent. Read list_messages before you send anything again.
`;
